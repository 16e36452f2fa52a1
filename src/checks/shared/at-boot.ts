import type { UnitFacts } from '../../facts/units.ts'
import type { Finding } from '../check.ts'

/** Does a unit start by itself when the node is switched on? */
export function atBoot({ name, load, enabled }: UnitFacts): Finding {
  // `bad`: its file was removed, and systemd has not noticed.
  if (load === 'not-found' || enabled === 'bad') return { status: 'skip', observed: `there is no ${name}` }
  if (enabled === 'enabled') return { status: 'pass', observed: 'enabled' }
  return {
    status: 'warn',
    observed: `${name} is ${enabled || 'not enabled'}: after the next boot it will not run`,
    expected: 'enabled',
    remedy: {
      text: 'Enable it.',
      commands: [`systemctl enable ${name}`],
      fix: { kind: 'enable', unit: name },
    },
  }
}
