import { known } from '../facts/fact.ts'
import type { Check } from './check.ts'

export const foreignUnits: Check = {
  id: 'foreign-units',
  title: 'No other unit is called mosquitto or edgecore',
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const { broker, edgecore } = known(facts.units)
    const foreign = [broker, edgecore].filter(unit => unit.load !== 'not-found' && !unit.ours)
    if (foreign.length === 0) return { status: 'pass', observed: 'both names are free or ours' }
    return {
      status: 'fail',
      observed: foreign
        .map(unit => `${unit.name} is ${unit.load === 'masked' ? 'masked' : 'not from edgekit'}`)
        .join('; '),
      expected:
        'mosquitto.service and edgecore.service written by edgekit, or none yet: a unit of the same name would be hidden silently',
      evidence: foreign.map(
        unit => `${unit.name}: ${unit.load}, ${unit.active}, ${unit.fragmentPath || 'no file'}`,
      ),
      remedy: {
        text: 'Look where the unit comes from. If it is not needed, remove the package or the file that brings it.',
        commands: foreign.flatMap(unit =>
          unit.load === 'masked'
            ? [`systemctl unmask ${unit.name}`]
            : [`systemctl disable --now ${unit.name}`, `dpkg -S ${unit.fragmentPath}`],
        ),
      },
    }
  },
}
