import { requireFact } from '../../facts/fact.ts'
import { plural } from '../../lib/format.ts'
import type { Check } from '../check.ts'

export const imagesEvicted: Check = {
  id: 'images-evicted',
  title: 'EdgeCore has not evicted images',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['journal-kept', 'edgecore-config-file'],
  run(facts) {
    const removed = requireFact(facts.edgecoreLog).warnings.find(({ code }) => code === 'image-removed')
    if (!removed) return { status: 'pass', observed: 'none found in the log' }
    return {
      status: 'warn',
      observed: `${removed.text} (${plural(removed.times, 'image')} since it started)`,
      expected: 'no evictions: without a network, only images of the bundle can be restored',
      evidence: [removed.line],
      remedy: {
        text: 'Free disk space and install the bundle again. A restart of EdgeCore clears the warning.',
        commands: ['./edgekit install', 'systemctl restart edgecore'],
      },
    }
  },
}
