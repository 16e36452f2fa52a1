import { requireFact } from '../../facts/fact.ts'
import type { UnitsFacts } from '../../facts/units.ts'
import { units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

/**
 * Whether systemd can start a unit. One that is masked may still run: then the checks of what it does run too, because the
 * mask explains none of their failures.
 */
export const notMasked = (id: string, key: keyof UnitsFacts): Check => ({
  id,
  title: `${units[key]} is not masked`,
  tags: ['preflight', 'doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const { name, load, active, fragmentPath } = requireFact(facts.units)[key]
    if (load !== 'masked') return { status: 'pass', observed: 'not masked' }
    const runs = active === 'active'
    return {
      status: runs ? 'warn' : 'fail',
      observed: `${name} is masked${runs ? ': it runs, but does not start again' : ''}`,
      expected: 'a unit that systemd can start',
      evidence: [`${name}: ${fragmentPath || '/dev/null'}`],
      remedy: {
        text: 'Unmask the unit.',
        commands: [`systemctl unmask ${name}`],
        fix: { kind: 'unmask', unit: name },
      },
    }
  },
})
