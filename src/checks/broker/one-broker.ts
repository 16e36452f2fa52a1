import { requireFact } from '../../facts/fact.ts'
import { describeHolder, holderRemedy } from '../../facts/holder.ts'
import { brokerPrograms } from '../../facts/listeners.ts'
import { broker, brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const oneBroker: Check = {
  id: 'one-broker',
  title: 'Only one MQTT broker runs on this node',
  tags: ['preflight', 'doctor'],
  needs: ['running-as-root', 'broker-port'],
  run(facts) {
    const others = requireFact(facts.listeners).filter(
      ({ owner, port }) =>
        owner &&
        port !== broker.port &&
        brokerPrograms.test(owner.program) &&
        owner.container !== brokerContainer,
    )
    if (others.length === 0) return { status: 'pass', observed: 'no other broker listens' }
    return {
      status: 'warn',
      observed: 'another broker listens on another port',
      expected: 'one broker: messages sent to another one do not reach EdgeCore',
      evidence: others.map(describeHolder),
      remedy: {
        text: 'Stop the other broker, unless it is needed.',
        // One broker may listen on several addresses.
        commands: [...new Set(others.flatMap(other => holderRemedy(other).commands ?? []))],
      },
    }
  },
}
