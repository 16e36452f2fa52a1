import { requireFact } from '../../facts/fact.ts'
import { brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const orphanBroker: Check = {
  id: 'orphan-broker',
  title: 'No broker runs outside its unit',
  tags: ['doctor'],
  needs: ['containerd-answers', 'install-finished'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const task = requireFact(facts.containerd).tasks.find(({ container }) => container === brokerContainer)
    // A task of a unit that is starting or stopping is normal.
    const isStopped = unit.active === 'inactive' || unit.active === 'failed'
    if (task?.status !== 'RUNNING' || !isStopped) return { status: 'pass', observed: 'none' }
    return {
      status: 'fail',
      observed: `the container ${brokerContainer} runs (pid ${task.pid}), but ${unit.name} is ${unit.active}`,
      expected:
        'a broker started by its unit: no one reads the log of this one, and it freezes when the log pipe is full',
      remedy: {
        text: 'Remove the container, then start the unit.',
        commands: ['/opt/edgekit/bin/clean-broker', 'systemctl start mosquitto'],
        fix: { kind: 'clean-stale-container' },
      },
    }
  },
}
