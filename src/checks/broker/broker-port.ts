import { requireFact } from '../../facts/fact.ts'
import { describeHolder, holderRemedy } from '../../facts/holder.ts'
import { broker, brokerControlGroup, units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const brokerPort: Check = {
  id: 'broker-port',
  title: 'Port 1883 is free for the broker',
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
    const others = requireFact(facts.listeners).filter(
      ({ port, owner }) =>
        port === broker.port && !(owner?.controlGroup.endsWith(brokerControlGroup) ?? false),
    )
    const [first] = others
    if (!first) return { status: 'pass', observed: 'no other program uses it' }
    return {
      status: 'fail',
      observed: `another program uses port ${broker.port}`,
      expected: "a free port, or edgekit's broker on it",
      evidence: others.map(describeHolder),
      remedy: holderRemedy(first),
    }
  },
}
