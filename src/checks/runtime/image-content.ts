import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

export const imageContent: Check = {
  id: 'image-content',
  title: 'Image layers are complete',
  tags: ['checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'no bundle is installed' }
    const { damagedBlobs } = requireFact(facts.containerdFiles)
    if (damagedBlobs.length === 0) return { status: 'pass', observed: 'all layers have their full size' }
    const digests = new Set(damagedBlobs.map(({ digest }) => digest))
    const images = bundle.images
      .filter(({ layers }) => layers.some(({ digest }) => digests.has(digest)))
      .map(({ reference }) => reference)
    return {
      status: 'fail',
      observed: `damaged: ${images.join(', ')}`,
      expected:
        'complete layers: a power cut soon after an import can truncate them, and containerd does not notice',
      evidence: damagedBlobs.map(
        ({ digest, size, found }) => `${digest} has ${formatBytes(found)}, expected ${formatBytes(size)}`,
      ),
      remedy: {
        text: 'Delete the damaged content, then install the bundle again to import the images.',
        commands: [
          ...damagedBlobs.map(({ digest }) => `ctr -n k8s.io content rm ${digest}`),
          ...images.map(reference => `ctr -n k8s.io images rm --sync ${reference}`),
          './edgekit install',
        ],
      },
    }
  },
}
