import { requireFact } from '../../facts/fact.ts'
import { brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const staleContainer: Check = {
  id: 'stale-container',
  title: 'Nothing of an earlier broker is in the way',
  tags: ['doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const { tasks, containers, snapshots } = requireFact(facts.containerd)
    const task = tasks.find(({ container }) => container === brokerContainer)
    const atRest = unit.active === 'inactive' || unit.active === 'failed'
    const left = [
      ...(task && task.status !== 'RUNNING' ? [`a task that is ${task.status}`] : []),
      ...(containers.includes(brokerContainer) ? ['a container'] : []),
      ...(snapshots.some(({ key }) => key === brokerContainer) ? ['a snapshot'] : []),
    ]
    if (!atRest || task?.status === 'RUNNING' || left.length === 0)
      return { status: 'pass', observed: 'nothing is left' }
    return {
      status: 'fail',
      observed: `${left.join(' and ')} named ${brokerContainer}, without a broker`,
      expected: `nothing: ctr run says "${brokerContainer}: already exists". A power cut leaves this behind, and the unit clears it away before it starts`,
      remedy: {
        text: 'Clear it away, and start the broker.',
        commands: ['/opt/edgekit/bin/clean-broker', 'systemctl start mosquitto'],
        fix: { kind: 'clean-stale-container' },
      },
    }
  },
}
