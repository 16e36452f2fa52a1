import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const previousVersion: Check = {
  id: 'previous-version',
  title: 'Previous version is kept whole',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['running-as-root', 'receipt-readable'],
  run(facts) {
    const { previous } = requireFact(facts.drift) ?? {}
    if (!previous) return { status: 'skip', observed: 'this node was not upgraded' }
    const { kubeedgeVersion, at, damage } = previous
    if (damage.length === 0) return { status: 'pass', observed: `${kubeedgeVersion}, replaced at ${at}` }
    return {
      status: 'warn',
      observed: `edgekit rollback --to-previous cannot return to ${kubeedgeVersion}: what the upgrade of ${at} kept is gone or damaged`,
      expected: 'what the upgrade kept, until the next one',
      evidence: damage,
      remedy: { text: `Keep the bundle of ${kubeedgeVersion}: only a downgrade can restore it.` },
    }
  },
}
