import { requireFact } from '../../facts/fact.ts'
import { brokerContainer } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const orphanBroker: Check = {
  id: 'orphan-broker',
  title: 'No broker runs without its unit',
  tags: ['doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const unit = requireFact(facts.units).broker
    const task = requireFact(facts.containerd).tasks.find(({ container }) => container === brokerContainer)
    // While the unit starts or stops, the task comes or goes.
    const atRest = unit.active === 'inactive' || unit.active === 'failed'
    if (task?.status !== 'RUNNING' || !atRest) return { status: 'pass', observed: 'none' }
    return {
      status: 'fail',
      observed: `the container ${brokerContainer} runs (pid ${task.pid}), but ${unit.name} is ${unit.active}`,
      expected:
        'a broker that its unit has started: of this one nobody reads the log, and it freezes when the log is full',
      remedy: {
        text: 'Start the unit: it ends the container that was left, and starts a new one.',
        commands: ['/opt/edgekit/bin/clean-broker', 'systemctl start mosquitto'],
        fix: { kind: 'clean-stale-container' },
      },
    }
  },
}
