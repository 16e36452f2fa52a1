import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const unitsLoaded: Check = {
  id: 'units-loaded',
  title: 'systemd has loaded the current units',
  tags: ['doctor'],
  needs: ['systemd-is-init', 'units-installed'],
  run(facts) {
    const stale = Object.values(requireFact(facts.units)).filter(({ needsReload }) => needsReload)
    if (stale.length === 0) return { status: 'pass', observed: 'loaded' }
    return {
      status: 'warn',
      observed: `changed since systemd loaded them: ${stale.map(({ name }) => name).join(', ')}`,
      expected: 'the unit files on disk loaded by systemd',
      remedy: {
        text: 'Reload systemd. To apply the change now, restart the unit too.',
        commands: ['systemctl daemon-reload'],
        fix: { kind: 'daemon-reload' },
      },
    }
  },
}
