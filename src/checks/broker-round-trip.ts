import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

export const brokerRoundTrip: Check = {
  id: 'broker-round-trip',
  title: 'A message published at the broker comes back',
  tags: ['checklist', 'doctor'],
  needs: ['broker-listening'],
  run(facts) {
    const probe = known(facts.brokerProbe)
    if ('roundTripMs' in probe) {
      return { status: 'pass', observed: `QoS 1 round trip in ${probe.roundTripMs.toFixed(1)} ms` }
    }
    return {
      status: 'fail',
      observed: probe.failure,
      expected: 'publish and subscribe work on 127.0.0.1:1883',
      remedy: {
        text: 'The port is open, but the broker behind it does not do its work. Its journal may say why; a restart frees a frozen one.',
        commands: ['journalctl -u mosquitto -n 100 --no-pager', 'systemctl restart mosquitto'],
        fix: { kind: 'clean-stale-container' },
      },
    }
  },
}
