import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { pinCommand } from '../shared/image-state.ts'

export const sandboxImage: Check = {
  id: 'sandbox-image',
  title: 'The sandbox image of containerd is here or in the bundle',
  tags: ['preflight', 'checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['containerd-answers', 'cri-plugin'],
  run(facts) {
    const { images } = requireFact(facts.containerd)
    const reference = requireFact(facts.containerdFiles).config.sandboxImage
    const image = images.find(image => image.reference === reference)
    const inBundle = requireFact(facts.bundle)?.images.some(image => image.reference === reference) ?? false
    if (image && !image.pinned) {
      return {
        status: 'warn',
        observed: `${reference} is not pinned`,
        expected:
          'the label io.cri-containerd.pinned=pinned: with a full disk EdgeCore deletes it, and no pod starts',
        remedy: {
          text: 'Set the label.',
          commands: [pinCommand(reference)],
          fix: { kind: 'repin', image: reference },
        },
      }
    }
    if (image) return { status: 'pass', observed: `${reference}, pinned` }
    if (inBundle) return { status: 'pass', observed: `${reference}, which the bundle has` }
    return {
      status: 'fail',
      observed: `${reference || 'containerd names none, and none'} is neither here nor in the bundle`,
      expected:
        'the image that containerd starts every pod with: without it no pod starts on a node without internet',
      remedy: {
        text: `Add ${reference} to the images of the bundle definition, or set sandbox_image in the configuration of containerd to one that the bundle has.`,
        commands: [
          'containerd config dump | grep -E "sandbox(_image)? ="',
          'ctr -n k8s.io images ls -q | grep pause',
        ],
      },
    }
  },
}
