import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const maskedUnits: Check = {
  id: 'masked-units',
  title: 'Required units are not masked',
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const masked = Object.values(requireFact(facts.units)).filter(({ load }) => load === 'masked')
    if (masked.length === 0) return { status: 'pass', observed: 'none' }
    return {
      status: 'fail',
      observed: masked.map(({ name }) => `${name} is masked`).join('; '),
      expected: 'units that systemd can start',
      evidence: masked.map(({ name, fragmentPath }) => `${name}: ${fragmentPath || '/dev/null'}`),
      remedy: {
        text: 'Unmask the unit.',
        commands: masked.map(({ name }) => `systemctl unmask ${name}`),
      },
    }
  },
}
