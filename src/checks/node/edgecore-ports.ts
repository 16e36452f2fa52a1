import { requireFact } from '../../facts/fact.ts'
import { describeHolder, holderRemedy } from '../../facts/holder.ts'
import type { Holder } from '../../facts/listeners.ts'
import { units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/** The health endpoint. */
const healthPort = 10_350
/** The broker inside EdgeCore listens here with `mqttMode` 0 or 1. */
const internalBrokerPort = 1884

/** Started by edgecore.service or in any other way. */
const isEdgecore = (owner: Holder | undefined): boolean =>
  owner?.unit === units.edgecore || (owner?.executable.endsWith('/edgecore') ?? false)

export const edgecorePorts: Check = {
  id: 'edgecore-ports',
  title: 'Ports 1884 and 10350 are free for EdgeCore',
  tags: ['preflight', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root'],
  run(facts) {
    const others = requireFact(facts.listeners).filter(
      ({ port, owner }) => (port === healthPort || port === internalBrokerPort) && !isEdgecore(owner),
    )
    const [first] = others
    if (!first) return { status: 'pass', observed: 'no other program uses them' }
    return {
      // With mqttMode 2, which edgekit sets, EdgeCore does not open port 1884.
      status: others.some(({ port }) => port === healthPort) ? 'fail' : 'warn',
      observed: `another program uses ${others.map(({ port }) => `port ${port}`).join(' and ')}`,
      expected: 'ports that are free or used by EdgeCore',
      evidence: others.map(describeHolder),
      remedy: holderRemedy(first),
    }
  },
}
