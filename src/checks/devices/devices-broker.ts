import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { answeringService, showLog, startingMs } from '../shared/device-service.ts'

export const devicesBroker: Check = {
  id: 'devices-broker',
  title: 'Device service is connected to its broker',
  tags: ['doctor'],
  needs: ['devices-active', 'broker-round-trip'],
  run(facts) {
    const found = answeringService(facts)
    if ('status' in found) return found
    const { service, health, unit } = found
    const { broker = 'its broker' } = service
    if (health.broker === 'connected') return { status: 'pass', observed: `connected to ${broker}` }
    const brokerMs = requireFact(facts.units).broker.activeForMs ?? 0
    const isTrying = (unit.activeForMs ?? 0) < startingMs || brokerMs < startingMs
    return {
      status: isTrying ? 'warn' : 'fail',
      observed: `${isTrying ? 'not yet' : 'not'} connected to ${broker}: the broker keeps messages until its queue is full`,
      expected: 'a connection',
      evidence: service.log.slice(-3),
      remedy: {
        text: 'Install the service again, which makes its user at the broker of this node; for another broker, correct its settings.',
        commands: ['edgekit devices install', showLog],
      },
    }
  },
}
