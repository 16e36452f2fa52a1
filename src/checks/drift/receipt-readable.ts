import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const receiptReadable: Check = {
  id: 'receipt-readable',
  title: 'Record of the install is readable',
  tags: ['doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['install-finished'],
  run(facts) {
    const drift = requireFact(facts.drift)
    if (!drift) return { status: 'skip', observed: 'nothing installed by edgekit' }
    if (!drift.unreadable) return { status: 'pass', observed: 'readable' }
    const { path, reason } = drift.unreadable
    return {
      status: 'fail',
      observed: `${path} cannot be read`,
      expected: 'the record edgekit wrote: without it no install, status or uninstall works',
      evidence: [reason],
      remedy: {
        text: 'Use a newer edgekit if one wrote the file. Otherwise move the file aside and install the same bundle again: an uninstall then keeps what is already there.',
        commands: [`mv ${path} ${path}.damaged`, './edgekit install'],
      },
    }
  },
}
