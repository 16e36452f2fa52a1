import { requireFact } from '../../facts/fact.ts'
import { broker, brokerControlGroup, units } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { describeHolder, holderRemedy } from '../shared/holder.ts'

export const brokerPort: Check = {
  id: 'broker-port',
  title: 'Port 1883 belongs to the broker or to nobody',
  tags: ['preflight', 'doctor'],
  needs: ['running-as-root'],
  overriddenBy: {
    adopt: true,
    // Replacing the unit frees the port only if no other program holds it.
    force: (names, { listeners }) =>
      names.includes(units.broker) &&
      'value' in listeners &&
      listeners.value.every(({ port, owner }) => port !== broker.port || owner?.unit === units.broker),
  },
  run(facts) {
    const strangers = requireFact(facts.listeners).filter(
      ({ port, owner }) =>
        port === broker.port && !(owner?.controlGroup.endsWith(brokerControlGroup) ?? false),
    )
    if (strangers.length === 0) return { status: 'pass', observed: 'no other program listens on it' }
    return {
      status: 'fail',
      observed: `port ${broker.port} is in use by another program`,
      expected: 'a free port, or the broker that edgekit installed',
      evidence: strangers.map(describeHolder),
      remedy: holderRemedy(strangers[0]?.owner),
    }
  },
}
