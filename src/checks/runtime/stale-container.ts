import { requireFact } from '../../facts/fact.ts'
import { brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const staleContainer: Check = {
  id: 'stale-container',
  title: 'No stale broker container is left',
  tags: ['doctor'],
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const { tasks, containers, snapshots } = requireFact(facts.containerd)
    const task = tasks.find(({ container }) => container === brokerContainer)
    const isStopped = unit.active === 'inactive' || unit.active === 'failed'
    const left = [
      ...(task && task.status !== 'RUNNING' ? [`a task (${task.status})`] : []),
      ...(containers.includes(brokerContainer) ? ['a container'] : []),
      ...(snapshots.some(({ key }) => key === brokerContainer) ? ['a snapshot'] : []),
    ]
    if (!isStopped || task?.status === 'RUNNING' || left.length === 0)
      return { status: 'pass', observed: 'none' }
    return {
      status: 'fail',
      observed: `${left.join(' and ')} named ${brokerContainer} but no running broker`,
      expected: `none: with one, ctr run fails with "${brokerContainer}: already exists". The unit normally removes it before it starts`,
      remedy: {
        text: 'Remove the stale container, then start the broker.',
        commands: ['/opt/edgekit/bin/clean-broker', 'systemctl start mosquitto'],
        fix: { kind: 'clean-stale-container' },
      },
    }
  },
}
