import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const containerdRestart: Check = {
  id: 'containerd-restart',
  title: 'Containers survive a containerd restart',
  tags: ['preflight', 'doctor'],
  needs: ['containerd-masked'],
  run(facts) {
    const { load, killMode, name } = requireFact(facts.units).containerd
    if (load !== 'loaded') return { status: 'skip', observed: `${name} does not exist` }
    if (killMode === 'process' || killMode === 'none')
      return { status: 'pass', observed: `KillMode=${killMode}` }
    return {
      status: 'fail',
      observed: `${name} has KillMode=${killMode}`,
      expected: 'KillMode=process: otherwise every restart of containerd kills the broker and all pods',
      remedy: {
        text: 'Set KillMode=process with a drop-in.',
        commands: [
          String.raw`mkdir -p /etc/systemd/system/containerd.service.d; printf '[Service]\nKillMode=process\n' >/etc/systemd/system/containerd.service.d/zz-kill-mode.conf`,
          'systemctl daemon-reload',
        ],
      },
    }
  },
}
