import { requireFact } from '../../facts/fact.ts'
import type { ImageDamageFacts } from '../../facts/image-damage.ts'
import type { Check } from '../check.ts'

/** Enough to recognize the cause. */
const shownFiles = 3

export const imageContent: Check = {
  id: 'image-content',
  title: 'Image layers are complete',
  tags: ['checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'no bundle is installed' }
    const { examined, damaged } = requireFact(facts.imageDamage)
    const [first] = damaged
    if (!first)
      return { status: 'pass', observed: `every file of ${examined.length} images is as in its layer` }
    return {
      status: 'fail',
      observed: `damaged: ${damaged.map(({ reference }) => reference).join(', ')}`,
      expected: 'the files of the image: after a power cut some can be empty, and containerd does not notice',
      evidence: damaged.flatMap(evidenceOf),
      remedy: {
        text: 'Install the bundle again to import the damaged images again.',
        commands: ['./edgekit install'],
        fix: { kind: 'reimport-image', image: first.reference },
      },
    }
  },
}

function evidenceOf({ reference, content, snapshots }: ImageDamageFacts['damaged'][number]): string[] {
  const files = snapshots.flatMap(snapshot => snapshot.files)
  return [
    ...content.map(digest => `${reference}: ${digest} is missing or damaged`),
    ...files.slice(0, shownFiles).map(({ path, problem }) => `${reference}: ${path} is ${problem}`),
    ...(files.length > shownFiles ? [`${reference}: and ${files.length - shownFiles} more files`] : []),
  ]
}
