import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const twinAnswers: Check = {
  id: 'twin-answers',
  title: 'EdgeCore answers a device over the broker',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  // A question to another name than the one EdgeCore was started with has no answer.
  needs: ['event-bus-topics', 'edgecore-mqtt', 'edgecore-health', 'node-name'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    const twin = 'twin' in probe ? probe.twin : undefined
    if (requireFact(facts.units).edgecore.active !== 'active')
      return { status: 'skip', observed: 'EdgeCore does not run' }
    if (!twin) return { status: 'skip', observed: 'it was not asked' }
    if ('ms' in twin) return { status: 'pass', observed: `in ${twin.ms.toFixed(1)} ms` }
    return {
      status: 'fail',
      observed: `nobody answers on $hw/events/node/…/membership/get: ${twin.failure}`,
      expected: 'the answer of DeviceTwin: it is how a device learns that EdgeCore is there',
      remedy: {
        text: 'EdgeCore is connected, and does not handle messages. Its log may say why; restart it.',
        commands: ['journalctl -u edgecore -n 100 --no-pager', 'systemctl restart edgecore'],
      },
    }
  },
}
