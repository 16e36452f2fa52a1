import { requireFact } from '../../facts/fact.ts'
import type { Check, Finding } from '../check.ts'

/** Within one machine a round trip takes about a millisecond, on a slow one longer. */
const slowMs = 1_000

export const brokerRoundTrip: Check = {
  id: 'broker-round-trip',
  title: 'Published messages reach a subscriber',
  tags: ['checklist', 'doctor'],
  needs: ['broker-login'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    if ('refused' in probe) return { status: 'skip', observed: 'the broker rejects EdgeCore' }
    const remedy: Finding['remedy'] = {
      text: 'Restart the broker. If that does not help, check its journal.',
      commands: ['systemctl restart mosquitto', 'journalctl -u mosquitto -n 100 --no-pager'],
      fix: { kind: 'clean-stale-container' },
    }
    const expected =
      'publish and subscribe work on 127.0.0.1:1883 within milliseconds, with MQTT 3.1.1 (EdgeCore) and MQTT 5'
    if ('failure' in probe) return { status: 'fail', observed: probe.failure, expected, remedy }
    const { qos0, qos1, edgecoreTopics, mqtt5 } = probe
    // EdgeCore's access list does not need to include edgekit's topic.
    const arrived = [qos0, qos1, edgecoreTopics].flatMap(delivery => ('ms' in delivery ? [delivery.ms] : []))
    if (arrived.length === 0) {
      const reason = 'failure' in qos1 ? qos1.failure : ''
      return { status: 'fail', observed: reason, expected, remedy }
    }
    const times = `QoS 0 ${shown(qos0)}, QoS 1 ${shown(qos1)}`
    const flaws = [
      ...(Math.min(...arrived) > slowMs * requireFact(facts.machine).slowness ? ['slow'] : []),
      ...('failure' in mqtt5 ? [`MQTT 5 failed: ${mqtt5.failure}`] : []),
    ]
    if (flaws.length > 0)
      return { status: 'warn', observed: `${times}; ${flaws.join('; ')}`, expected, remedy }
    return { status: 'pass', observed: `${times}; MQTT 3.1.1 and 5` }
  },
}

const shown = (delivery: { ms: number } | { failure: string }): string =>
  'ms' in delivery ? `in ${delivery.ms.toFixed(1)} ms` : "denied on edgekit's topic"
