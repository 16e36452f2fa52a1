import { requireFact } from '../../facts/fact.ts'
import type { Holder } from '../../facts/listeners.ts'
import { units } from '../../node/paths.ts'
import type { Check } from '../check.ts'
import { describeHolder, holderRemedy } from '../shared/holder.ts'

/** Where EdgeCore says that it is well, and where the broker inside it would listen with `mqttMode` 0 or 1. */
const health = 10_350
const internalBroker = 1884

/** In the unit of edgekit or keadm, or started by something else. */
const isEdgecore = (owner: Holder | undefined): boolean =>
  owner?.unit === units.edgecore || (owner?.executable.endsWith('/edgecore') ?? false)

export const edgecorePorts: Check = {
  id: 'edgecore-ports',
  title: 'Ports 1884 and 10350 belong to EdgeCore or to nobody',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root'],
  run(facts) {
    const strangers = requireFact(facts.listeners).filter(
      ({ port, owner }) => (port === health || port === internalBroker) && !isEdgecore(owner),
    )
    const [first] = strangers
    if (!first) return { status: 'pass', observed: 'no other program listens on them' }
    return {
      // With mqttMode 2, the one that edgekit sets, EdgeCore does not open 1884.
      status: strangers.some(({ port }) => port === health) ? 'fail' : 'warn',
      observed: `${strangers.map(({ port }) => `port ${port}`).join(' and ')} in use by another program`,
      expected: 'free ports, or EdgeCore on them',
      evidence: strangers.map(describeHolder),
      remedy: holderRemedy(first.owner),
    }
  },
}
