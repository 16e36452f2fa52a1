import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

export const imageContent: Check = {
  id: 'image-content',
  title: 'No layer of the images is cut short',
  tags: ['checklist', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    if (!bundle) return { status: 'skip', observed: 'edgekit has installed no bundle here' }
    const { damagedBlobs, config } = requireFact(facts.containerdFiles)
    if (damagedBlobs.length === 0) return { status: 'pass', observed: 'every layer has its size' }
    const digests = new Set(damagedBlobs.map(({ digest }) => digest))
    const images = bundle.images
      .filter(({ layers }) => layers.some(({ digest }) => digests.has(digest)))
      .map(({ reference }) => reference)
    return {
      status: 'fail',
      observed: `damaged: ${images.join(', ')}`,
      expected:
        'layers as they were imported; a power cut soon after an import can cut them short, and containerd does not notice',
      evidence: damagedBlobs.map(
        ({ digest, size, found }) => `${digest} has ${formatBytes(found)}, expected ${formatBytes(size)}`,
      ),
      remedy: {
        text: `Remove the content, then run the edgekit of the bundle again: it imports the images anew. It lies below ${config.root}.`,
        commands: [
          ...damagedBlobs.map(({ digest }) => `ctr -n k8s.io content rm ${digest}`),
          ...images.map(reference => `ctr -n k8s.io images rm --sync ${reference}`),
          './edgekit install',
        ],
      },
    }
  },
}
