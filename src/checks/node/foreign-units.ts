import { requireFact } from '../../facts/fact.ts'
import { units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const foreignUnits: Check = {
  id: 'foreign-units',
  title: 'mosquitto.service and edgecore.service are what they seem',
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init', 'masked-units'],
  overriddenBy: {
    adopt: true,
    force: names => names.includes(units.broker) || names.includes(units.edgecore),
  },
  run(facts) {
    const { broker, edgecore } = requireFact(facts.units)
    // `keadm join` writes an edgecore.service of its own, also over ours; it starts the same program.
    const isEdgecore = edgecore.ours || /\/edgecore( |$)/.test(edgecore.execStart)
    const foreign = [
      ...(broker.load === 'not-found' || broker.ours ? [] : [broker]),
      ...(edgecore.load === 'not-found' || isEdgecore ? [] : [edgecore]),
    ]
    if (foreign.length === 0) {
      const adopted = edgecore.load === 'loaded' && !edgecore.ours
      return {
        status: 'pass',
        observed: adopted ? 'edgecore.service of keadm, which is kept' : 'free or ours',
      }
    }
    return {
      status: 'fail',
      observed: foreign.map(unit => `${unit.name} is not from edgekit`).join('; '),
      expected:
        'a mosquitto.service of edgekit and an edgecore.service that starts EdgeCore, or none yet: a unit of the same name would be hidden silently',
      evidence: foreign.map(
        unit => `${unit.name}: ${unit.load}, ${unit.active}, ${unit.fragmentPath || 'no file'}`,
      ),
      remedy: {
        text: 'Look where the unit comes from. If it is not needed, stop it and remove the package or the file that brings it. edgekit install --adopt uses it as it is, --force=UNIT replaces it.',
        commands: foreign.flatMap(unit => [
          `systemctl disable --now ${unit.name}`,
          `dpkg -S ${unit.fragmentPath}`,
        ]),
      },
    }
  },
}
