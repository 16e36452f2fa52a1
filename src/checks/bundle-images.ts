import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

export const bundleImages: Check = {
  id: 'bundle-images',
  title: 'The images of the bundle are in containerd',
  tags: ['checklist', 'doctor'],
  roles: ['edge', 'cloud'],
  needs: ['containerd-answers'],
  run(facts) {
    const bundle = known(facts.bundle)
    if (!bundle)
      return { status: 'skip', observed: 'edgekit has installed no bundle here, so no image is expected' }
    // On an edge node the broker's has a check of its own.
    const expected = bundle.images.filter(
      ({ reference }) => bundle.role === 'cloud' || reference !== bundle.broker.image,
    )
    if (expected.length === 0) return { status: 'pass', observed: "none but the broker's" }
    const images = new Map(known(facts.containerd).images.map(image => [image.reference, image]))
    const wrong = expected.flatMap(({ reference, digest }) => {
      const image = images.get(reference)
      if (!image) return [`${reference} is not in the namespace k8s.io`]
      if (image.digest !== digest) return [`${reference} is ${image.digest}, expected ${digest}`]
      if (!image.complete) return [`${reference} is incomplete`]
      return image.unpacked ? [] : [`${reference} is not unpacked`]
    })
    const remedy = {
      text: 'Run the edgekit of the bundle again: it imports what is not as it should be, and pins it.',
      commands: ['./edgekit install'],
    }
    if (wrong.length > 0) {
      return {
        status: 'fail',
        observed: `${wrong.length} of ${expected.length} images are not as in the bundle`,
        expected: 'each with the digest of the bundle, complete and unpacked',
        evidence: wrong,
        remedy,
      }
    }
    const loose = expected.filter(({ reference }) => !images.get(reference)?.pinned)
    if (loose.length > 0) {
      return {
        status: 'warn',
        observed: `not pinned: ${loose.map(({ reference }) => reference).join(', ')}`,
        expected: 'the label io.cri-containerd.pinned=pinned, so that a full disk does not cost an image',
        remedy,
      }
    }
    return { status: 'pass', observed: `${expected.length} images, complete, unpacked, pinned` }
  },
}
