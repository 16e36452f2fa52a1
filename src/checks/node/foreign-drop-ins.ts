import { requireFact } from '../../facts/fact.ts'
import { plural } from '../../lib/format.ts'
import { paths } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/** Written by edgekit, or by the packages of the distribution. */
const isExpected = (path: string): boolean =>
  path === paths.edgecoreDropIn || /^\/(usr\/)?lib\/systemd\//.test(path)

export const foreignDropIns: Check = {
  id: 'foreign-drop-ins',
  title: "No foreign drop-ins change edgekit's units",
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const { broker, edgecore } = requireFact(facts.units)
    const foreign = [...broker.dropIns, ...edgecore.dropIns].filter(path => !isExpected(path))
    if (foreign.length === 0) return { status: 'pass', observed: 'no foreign drop-ins' }
    return {
      // It may be intentional: the unit files themselves explain how to write one.
      status: 'warn',
      observed: `${plural(foreign.length, 'drop-in')} not written by edgekit`,
      expected: "only edgekit's drop-in: others override the unit",
      evidence: foreign,
      remedy: {
        text: 'Review the drop-in. If it is not needed, delete the file and reload systemd.',
        commands: ['systemctl cat mosquitto edgecore', 'systemctl daemon-reload'],
      },
    }
  },
}
