import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const shadowedPackageUnit: Check = {
  id: 'shadowed-package-unit',
  title: 'mosquitto.service hides no unit of a package',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'foreign-units'],
  run(facts) {
    const { shadows } = requireFact(facts.units).broker
    if (shadows === undefined) return { status: 'pass', observed: 'no other one of that name' }
    return {
      status: 'warn',
      observed: `${shadows} is there too, and does not count beside that of edgekit`,
      expected: 'one unit: whoever installed that package may believe that his broker runs',
      remedy: {
        text: 'If the package is not needed, remove it: its upgrades restart mosquitto.service.',
        commands: [`dpkg -S ${shadows}`, 'apt-get remove mosquitto'],
      },
    }
  },
}
