import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const installFinished: Check = {
  id: 'install-finished',
  title: 'No interrupted install or uninstall',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const drift = requireFact(facts.drift)
    if (!drift) return { status: 'skip', observed: 'nothing installed by edgekit' }
    if (!drift.interrupted) return { status: 'pass', observed: 'none' }
    const { command, since } = drift.interrupted
    const undo = command === 'uninstall' ? [] : ['edgekit rollback']
    return {
      status: 'fail',
      observed: `edgekit ${command} of ${since} was interrupted: this node is in an intermediate state`,
      expected: 'finished or rolled back',
      remedy: {
        text: `Run the same command again to finish${undo.length > 0 ? ', or roll back' : ''}, unless it is still running.`,
        ...(undo.length > 0 && { commands: undo }),
      },
    }
  },
}
