import { requireFact } from '../../facts/fact.ts'
import { paths, units } from '../../node/paths.ts'
import type { Check } from '../check.ts'

export const edgecoreOrder: Check = {
  id: 'edgecore-order',
  title: 'EdgeCore starts after containerd and the broker',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['systemd-is-init', 'edgecore-masked', 'install-finished'],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.load === 'not-found') return { status: 'skip', observed: `${unit.name} does not exist` }
    if (unit.load === 'masked') return { status: 'skip', observed: `${unit.name} is masked` }
    const required = [units.containerd, units.broker]
    const missing = required.filter(name => !unit.after.includes(name) || !unit.wants.includes(name))
    if (missing.length === 0) return { status: 'pass', observed: `after ${required.join(' and ')}` }
    const [dropIn] = unit.dropIns.filter(path => path === paths.edgecoreDropIn)
    return {
      status: 'warn',
      observed: `${unit.name} does not wait for ${missing.join(' and ')}${dropIn ? '' : `: ${paths.edgecoreDropIn} is not loaded`}`,
      expected: 'both: EdgeCore exits without containerd, and loses messages while the broker is down',
      remedy: {
        text: 'Install the bundle again to restore the drop-in.',
        commands: ['./edgekit install', 'systemctl daemon-reload'],
        fix: { kind: 'restore-own-file', path: paths.edgecoreDropIn },
      },
    }
  },
}
