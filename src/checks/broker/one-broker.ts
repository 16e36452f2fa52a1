import { requireFact } from '../../facts/fact.ts'
import { brokerPrograms } from '../../facts/listeners.ts'
import { broker, brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { describeHolder } from '../shared/holder.ts'

export const oneBroker: Check = {
  id: 'one-broker',
  title: 'There is one broker on this node',
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
    if (others.length === 0) return { status: 'pass', observed: 'no other one listens' }
    return {
      status: 'warn',
      observed: 'there is another broker, on another port',
      expected: 'one: a device that connects to the other one is not heard by EdgeCore',
      evidence: others.map(describeHolder),
      remedy: {
        text: 'If it is not needed, stop it and keep it from starting again.',
        commands: others.map(({ owner }) => `systemctl status ${owner?.pid} --no-pager`),
      },
    }
  },
}
