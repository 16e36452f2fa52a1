import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const unitsLoaded: Check = {
  id: 'units-loaded',
  title: 'systemd knows the units as they are on the disk',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'units-installed'],
  run(facts) {
    const stale = Object.values(requireFact(facts.units)).filter(({ needsReload }) => needsReload)
    if (stale.length === 0) return { status: 'pass', observed: 'yes' }
    return {
      status: 'warn',
      observed: `changed since systemd read them: ${stale.map(({ name }) => name).join(', ')}`,
      expected: 'what is on the disk is what is started next time',
      remedy: {
        text: 'Let systemd read them again, and restart the unit if it is to run with the change now.',
        commands: ['systemctl daemon-reload'],
        fix: { kind: 'daemon-reload' },
      },
    }
  },
}
