import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { judgeImage } from '../shared/image-state.ts'

export const bundleImages: Check = {
  id: 'bundle-images',
  title: 'Bundle images are in containerd',
  tags: ['checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'no bundle is installed' }
    // On an edge node, broker-image checks the broker's image.
    const expected = bundle.images.filter(
      ({ reference }) => bundle.role === 'cloud' || reference !== bundle.broker.image,
    )
    if (expected.length === 0) return { status: 'pass', observed: 'only the broker image' }
    const { images } = requireFact(facts.containerd)
    const judged = expected.map(image => ({ image, ...judgeImage(image, images) }))
    const wrong = judged.flatMap(result =>
      'problem' in result ? [{ image: result.image, problem: result.problem, state: result.state }] : [],
    )
    const remedy = {
      text: 'Install the bundle again to import and pin its images.',
      commands: ['./edgekit install'],
    }
    const [first] = wrong
    if (first) {
      return {
        status: 'fail',
        observed: `${wrong.length} of ${expected.length} images differ from the bundle`,
        expected: 'every image with the digest of the bundle, complete and unpacked',
        evidence: wrong.map(({ problem }) => problem),
        remedy: {
          ...remedy,
          ...(first.state !== 'foreign' && {
            fix: { kind: 'reimport-image', image: first.image.reference } as const,
          }),
        },
      }
    }
    // sandbox-image warns of the image every pod starts with.
    const sandbox = 'value' in facts.containerdFiles ? facts.containerdFiles.value.config.sandboxImage : ''
    const [loose, ...others] = judged
      .filter(
        ({ state, image }) =>
          state === 'unpinned' && (bundle.role === 'cloud' || image.reference !== sandbox),
      )
      .map(({ image }) => image)
    if (loose) {
      return {
        status: 'warn',
        observed: `not pinned: ${[loose, ...others].map(({ reference }) => reference).join(', ')}`,
        expected: 'the label io.cri-containerd.pinned=pinned, which protects images from eviction',
        remedy: { ...remedy, fix: { kind: 'repin', image: loose.reference } },
      }
    }
    return { status: 'pass', observed: `${expected.length} images, complete, unpacked, pinned` }
  },
}
