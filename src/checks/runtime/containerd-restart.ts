import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const containerdRestart: Check = {
  id: 'containerd-restart',
  title: 'Containers go on when containerd is restarted',
  tags: ['preflight', 'doctor'],
  needs: ['masked-units'],
  run(facts) {
    const { load, killMode, name } = requireFact(facts.units).containerd
    if (load !== 'loaded') return { status: 'skip', observed: `there is no ${name}` }
    if (killMode === 'process' || killMode === 'none')
      return { status: 'pass', observed: `KillMode=${killMode}` }
    return {
      status: 'fail',
      observed: `${name} has KillMode=${killMode}`,
      expected:
        'KillMode=process: with another one, each restart of containerd kills the broker and all pods',
      remedy: {
        text: 'Look where it is set, and take it out, or add a drop-in that sets it right.',
        commands: [
          'systemctl cat containerd | grep -n KillMode',
          String.raw`mkdir -p /etc/systemd/system/containerd.service.d; printf '[Service]\nKillMode=process\n' >/etc/systemd/system/containerd.service.d/kill-mode.conf`,
          'systemctl daemon-reload',
        ],
      },
    }
  },
}
