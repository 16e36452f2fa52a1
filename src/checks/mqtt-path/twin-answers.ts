import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { whyConnecting } from '../shared/connecting.ts'

export const twinAnswers: Check = {
  id: 'twin-answers',
  title: 'DeviceTwin answers over MQTT',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  // DeviceTwin answers only requests for the node name EdgeCore was started with.
  needs: ['event-bus-topics', 'edgecore-mqtt', 'edgecore-health', 'node-name'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    const twin = 'twin' in probe ? probe.twin : undefined
    if (requireFact(facts.units).edgecore.active !== 'active')
      return { status: 'skip', observed: 'EdgeCore is not running' }
    if (!twin) return { status: 'skip', observed: 'no request was sent' }
    if ('ms' in twin) return { status: 'pass', observed: `answered in ${twin.ms.toFixed(1)} ms` }
    if (whyConnecting(facts) !== undefined)
      return { status: 'skip', observed: 'EdgeCore is connecting to the broker' }
    return {
      status: 'fail',
      observed: `no answer to $hw/events/node/…/membership/get: ${twin.failure}`,
      expected: 'an answer from DeviceTwin, as devices expect it',
      remedy: {
        text: 'Restart EdgeCore. If that does not help, check its journal.',
        commands: ['systemctl restart edgecore', 'journalctl -u edgecore -n 100 --no-pager'],
      },
    }
  },
}
