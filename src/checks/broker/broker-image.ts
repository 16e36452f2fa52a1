import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { judgeImage, pinCommand } from '../shared/image-state.ts'

export const brokerImage: Check = {
  id: 'broker-image',
  title: 'Broker image is in containerd',
  tags: ['checklist', 'doctor'],
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    const expected = bundle?.images.find(image => image.reference === bundle.broker.image)
    if (!expected) return { status: 'skip', observed: 'no bundle is installed' }
    const { reference, digest } = expected
    const judged = judgeImage(expected, requireFact(facts.containerd).images)
    switch (judged.state) {
      case 'good':
        return { status: 'pass', observed: `${reference}, complete, unpacked, pinned` }
      case 'unpinned':
        return {
          status: 'warn',
          observed: 'the broker image is not pinned',
          expected: 'the label io.cri-containerd.pinned=pinned, which protects the image from eviction',
          remedy: {
            text: 'Pin the image.',
            commands: [pinCommand(reference)],
            fix: { kind: 'repin', image: reference },
          },
        }
      case 'missing':
        return {
          status: 'fail',
          observed: judged.problem,
          expected: `${reference} with digest ${digest}`,
          remedy: {
            text: 'Restart the broker: its unit imports the image from the archive on this node.',
            commands: ['systemctl restart mosquitto'],
            fix: { kind: 'reimport-image', image: reference },
          },
        }
      default:
        return {
          status: 'fail',
          observed: judged.problem,
          expected: `${digest}, complete, unpacked`,
          remedy: {
            text: 'Delete the image, then restart the broker: its unit imports the right one.',
            commands: [`ctr -n k8s.io images rm ${reference}`, 'systemctl restart mosquitto'],
            ...(judged.state === 'damaged' && { fix: { kind: 'reimport-image', image: reference } as const }),
          },
        }
    }
  },
}
