import { requireFact } from '../../facts/fact.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/** Written by edgekit, or by the packages of the distribution. */
const isExpected = (path: string): boolean =>
  path === paths.edgecoreDropIn || /^\/(usr\/)?lib\/systemd\//.test(path)

export const foreignDropIns: Check = {
  id: 'foreign-drop-ins',
  title: 'Nobody has changed the units of edgekit with a drop-in',
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const { broker, edgecore } = requireFact(facts.units)
    const foreign = [...broker.dropIns, ...edgecore.dropIns].filter(path => !isExpected(path))
    if (foreign.length === 0) return { status: 'pass', observed: 'no drop-in of somebody else' }
    return {
      // It may be wanted: the unit files themselves say how to write one.
      status: 'warn',
      observed: `there ${foreign.length === 1 ? 'is a drop-in' : `are ${foreign.length} drop-ins`} that edgekit did not write`,
      expected: 'only that of edgekit: what another one says counts more than the unit',
      evidence: foreign,
      remedy: {
        text: 'Read it. If it is not wanted, remove the file.',
        commands: ['systemctl cat mosquitto edgecore', 'systemctl daemon-reload'],
      },
    }
  },
}
