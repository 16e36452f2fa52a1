import type { UnitFacts } from '../../facts/units.ts'
import type { Finding } from '../check.ts'

/** Does systemd start the unit at boot? */
export function atBoot({ name, load, enabled }: UnitFacts): Finding {
  // `bad`: the file was removed and systemd has not been reloaded.
  if (load === 'not-found' || enabled === 'bad') return { status: 'skip', observed: `${name} does not exist` }
  if (load === 'masked') return { status: 'skip', observed: `${name} is masked` }
  if (enabled === 'enabled') return { status: 'pass', observed: 'enabled' }
  return {
    status: 'warn',
    observed: `${name} is ${enabled || 'not enabled'}: it will not start at the next boot`,
    expected: 'enabled',
    remedy: {
      text: 'Enable the unit.',
      commands: [`systemctl enable ${name}`],
      fix: { kind: 'enable', unit: name },
    },
  }
}
