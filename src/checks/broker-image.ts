import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

export const brokerImage: Check = {
  id: 'broker-image',
  title: 'The image of the broker is in containerd',
  tags: ['checklist', 'doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const bundle = known(facts.bundle)
    if (!bundle)
      return { status: 'skip', observed: 'edgekit has installed no bundle here, so no image is expected' }
    const expected = bundle.images.find(image => image.reference === bundle.broker.image)
    const image = known(facts.containerd).images.find(({ reference }) => reference === bundle.broker.image)
    const remedy = {
      text: 'Starting the broker brings the image back from the archive kept on this node.',
      commands: ['systemctl restart mosquitto'],
    }
    if (!image) {
      return {
        status: 'fail',
        observed: `${bundle.broker.image} is not in the namespace k8s.io`,
        expected: `${bundle.broker.image} with digest ${expected?.digest}`,
        remedy,
      }
    }
    if (image.digest !== expected?.digest || !image.complete || !image.unpacked) {
      return {
        status: 'fail',
        observed: `${image.digest}, ${image.complete ? 'complete' : 'incomplete'}, ${image.unpacked ? 'unpacked' : 'not unpacked'}`,
        expected: `${expected?.digest}, complete, unpacked`,
        remedy: {
          text: 'Something else has changed this image. Remove it; starting the broker imports the right one.',
          commands: [`ctr -n k8s.io images rm ${bundle.broker.image}`, 'systemctl restart mosquitto'],
        },
      }
    }
    if (!image.pinned) {
      return {
        status: 'warn',
        observed: 'the image is not pinned',
        expected:
          'the label io.cri-containerd.pinned=pinned, so that a full disk does not cost the broker its image',
        remedy: {
          text: 'Set the label.',
          commands: [`ctr -n k8s.io images label ${image.reference} io.cri-containerd.pinned=pinned`],
        },
      }
    }
    return { status: 'pass', observed: `${image.reference}, complete, unpacked, pinned` }
  },
}
