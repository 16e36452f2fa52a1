import { requireFact } from '../../facts/fact.ts'
import { paths, units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const edgecoreOrder: Check = {
  id: 'edgecore-order',
  title: 'EdgeCore starts after containerd and the broker',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init', 'masked-units'],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.load === 'not-found') return { status: 'skip', observed: `there is no ${unit.name}` }
    const first = [units.containerd, units.broker]
    const missing = first.filter(name => !unit.after.includes(name) || !unit.wants.includes(name))
    if (missing.length === 0) return { status: 'pass', observed: first.join(', ') }
    const [dropIn] = unit.dropIns.filter(path => path === paths.edgecoreDropIn)
    return {
      status: 'warn',
      observed: `${unit.name} does not wait for ${missing.join(' and ')}${dropIn ? '' : `: ${paths.edgecoreDropIn} is not in use`}`,
      expected:
        'both: without the socket of containerd EdgeCore exits, and messages before the broker is up are lost',
      remedy: {
        text: 'Run the edgekit of the bundle again: it writes the drop-in that says so.',
        commands: ['./edgekit install', 'systemctl daemon-reload'],
        fix: { kind: 'restore-own-file', path: paths.edgecoreDropIn },
      },
    }
  },
}
