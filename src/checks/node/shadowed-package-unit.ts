import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const shadowedPackageUnit: Check = {
  id: 'shadowed-package-unit',
  title: 'mosquitto.service shadows no package unit',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'foreign-units'],
  run(facts) {
    const { shadows } = requireFact(facts.units).broker
    if (shadows === undefined) return { status: 'pass', observed: 'no other unit of that name' }
    return {
      status: 'warn',
      observed: `edgekit's mosquitto.service shadows ${shadows}`,
      expected: 'one unit: the package looks active, but its broker does not run',
      remedy: {
        text: 'Remove the package: its upgrades restart mosquitto.service.',
        commands: ['apt-get remove mosquitto', `dpkg -S ${shadows}`],
      },
    }
  },
}
