import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const imagesEvicted: Check = {
  id: 'images-evicted',
  title: 'EdgeCore has deleted no images to make room',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['journal-kept', 'edgecore-config-file'],
  run(facts) {
    const removed = requireFact(facts.edgecoreLog).warnings.find(({ code }) => code === 'image-removed')
    if (!removed) return { status: 'pass', observed: 'its log tells of none' }
    return {
      status: 'warn',
      observed: `${removed.text} (${removed.times} images since it started)`,
      expected: 'images that stay: without a network those that are not from the bundle do not come back',
      evidence: [removed.line],
      remedy: {
        text: 'Make room, then see whether all images are still there. A restart of EdgeCore clears the warning.',
        commands: ['ctr -n k8s.io images ls', 'systemctl restart edgecore'],
      },
    }
  },
}
