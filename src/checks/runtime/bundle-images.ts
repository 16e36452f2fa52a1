import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { judgeImage } from '../shared/image-state.ts'

export const bundleImages: Check = {
  id: 'bundle-images',
  title: 'The images of the bundle are in containerd',
  tags: ['checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle)
      return { status: 'skip', observed: 'edgekit has installed no bundle here, so no image is expected' }
    // On an edge node the broker's has a check of its own.
    const expected = bundle.images.filter(
      ({ reference }) => bundle.role === 'cloud' || reference !== bundle.broker.image,
    )
    if (expected.length === 0) return { status: 'pass', observed: "none but the broker's" }
    const { images } = requireFact(facts.containerd)
    const judged = expected.map(image => ({ image, ...judgeImage(image, images) }))
    const wrong = judged.flatMap(result =>
      'problem' in result ? [{ image: result.image, problem: result.problem, state: result.state }] : [],
    )
    const remedy = {
      text: 'Run the edgekit of the bundle again: it imports what is not as it should be, and pins it.',
      commands: ['./edgekit install'],
    }
    const [first] = wrong
    if (first) {
      return {
        status: 'fail',
        observed: `${wrong.length} of ${expected.length} images are not as in the bundle`,
        expected: 'each with the digest of the bundle, complete and unpacked',
        evidence: wrong.map(({ problem }) => problem),
        remedy: {
          ...remedy,
          ...(first.state !== 'foreign' && {
            fix: { kind: 'reimport-image', image: first.image.reference } as const,
          }),
        },
      }
    }
    const [loose, ...others] = judged.filter(({ state }) => state === 'unpinned').map(({ image }) => image)
    if (loose) {
      return {
        status: 'warn',
        observed: `not pinned: ${[loose, ...others].map(({ reference }) => reference).join(', ')}`,
        expected: 'the label io.cri-containerd.pinned=pinned, so that a full disk does not cost an image',
        remedy: { ...remedy, fix: { kind: 'repin', image: loose.reference } },
      }
    }
    return { status: 'pass', observed: `${expected.length} images, complete, unpacked, pinned` }
  },
}
