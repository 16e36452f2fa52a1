import { requireFact } from '../../facts/fact.ts'
import type { UnitFacts } from '../../facts/units.ts'
import { units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/** A masked unit is reported as that. */
const isNone = ({ load }: UnitFacts): boolean => load === 'not-found' || load === 'masked'

export const foreignUnits: Check = {
  id: 'foreign-units',
  title: "No foreign unit uses edgekit's unit names",
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  overriddenBy: {
    adopt: true,
    force: names => names.includes(units.broker) || names.includes(units.edgecore),
  },
  run(facts) {
    const { broker, edgecore } = requireFact(facts.units)
    // `keadm join` writes its own edgecore.service, even over edgekit's. It starts the same program.
    const isEdgecore = edgecore.ours || /\/edgecore( |$)/.test(edgecore.execStart)
    const foreign = [
      ...(isNone(broker) || broker.ours ? [] : [broker]),
      ...(isNone(edgecore) || isEdgecore ? [] : [edgecore]),
    ]
    if (foreign.length === 0) {
      const adopted = edgecore.load === 'loaded' && !edgecore.ours
      return {
        status: 'pass',
        observed: adopted ? 'edgecore.service was written by keadm and is kept' : 'none',
      }
    }
    return {
      status: 'fail',
      observed: foreign.map(unit => `${unit.name} was not installed by edgekit`).join('; '),
      expected:
        "no unit of these names, edgekit's own, or an edgecore.service that starts EdgeCore: edgekit does not shadow other units",
      evidence: foreign.map(
        unit => `${unit.name}: ${unit.load}, ${unit.active}, ${unit.fragmentPath || 'no file'}`,
      ),
      remedy: {
        text: 'Disable the unit and remove the package that installed it. To keep it, add --adopt to edgekit install; to replace it, add --force=UNIT.',
        commands: foreign.flatMap(unit => [
          `systemctl disable --now ${unit.name}`,
          `dpkg -S ${unit.fragmentPath}`,
        ]),
      },
    }
  },
}
