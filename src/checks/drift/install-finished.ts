import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const installFinished: Check = {
  id: 'install-finished',
  title: 'What edgekit began here has come to its end',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const drift = requireFact(facts.drift)
    if (!drift) return { status: 'skip', observed: 'edgekit has installed nothing here' }
    if (!drift.interrupted) return { status: 'pass', observed: 'yes' }
    const { command, since } = drift.interrupted
    const undo = command === 'uninstall' ? [] : ['edgekit rollback']
    return {
      status: 'fail',
      observed: `an edgekit ${command} of ${since} has not come to its end: this node is between two states`,
      expected: 'finished, or put back',
      remedy: {
        text: `If it does not run just now: finish it with the same command${undo.length > 0 ? ', or put everything back' : ''}.`,
        ...(undo.length > 0 && { commands: undo }),
      },
    }
  },
}
