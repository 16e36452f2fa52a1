import { requireFact } from '../../facts/fact.ts'
import type { Check, Finding } from '../check.ts'

/** On one machine it takes a millisecond. */
const slowMs = 1_000

export const brokerRoundTrip: Check = {
  id: 'broker-round-trip',
  title: 'A message published at the broker comes back',
  tags: ['checklist', 'doctor'],
  needs: ['broker-login'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    if ('refused' in probe) return { status: 'skip', observed: 'the broker does not let EdgeCore in' }
    const remedy: Finding['remedy'] = {
      text: 'The port is open, but the broker behind it does not do its work. Its journal may say why; a restart frees a frozen one.',
      commands: ['journalctl -u mosquitto -n 100 --no-pager', 'systemctl restart mosquitto'],
      fix: { kind: 'clean-stale-container' },
    }
    const expected =
      'publish and subscribe work on 127.0.0.1:1883, in milliseconds, for EdgeCore (MQTT 3.1.1) and newer devices (MQTT 5)'
    if ('failure' in probe) return { status: 'fail', observed: probe.failure, expected, remedy }
    const { qos0, qos1, edgecoreTopics, mqtt5 } = probe
    // An access list for EdgeCore need not know edgekit's own topic.
    const arrived = [qos0, qos1, edgecoreTopics].flatMap(delivery => ('ms' in delivery ? [delivery.ms] : []))
    if (arrived.length === 0) {
      const reason = 'failure' in qos1 ? qos1.failure : ''
      return { status: 'fail', observed: reason, expected, remedy }
    }
    const times = `QoS 0 ${shown(qos0)}, QoS 1 ${shown(qos1)}`
    const flaws = [
      ...(Math.min(...arrived) > slowMs ? ['that is slow'] : []),
      ...('failure' in mqtt5 ? [`MQTT 5 does not work: ${mqtt5.failure}`] : []),
    ]
    if (flaws.length > 0)
      return { status: 'warn', observed: `${times}; ${flaws.join('; ')}`, expected, remedy }
    return { status: 'pass', observed: `${times}; MQTT 3.1.1 and 5` }
  },
}

const shown = (delivery: { ms: number } | { failure: string }): string =>
  'ms' in delivery ? `in ${delivery.ms.toFixed(1)} ms` : 'not allowed on the topic of edgekit'
