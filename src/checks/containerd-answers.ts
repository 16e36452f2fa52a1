import { known } from '../facts/fact.ts'
import { containerdSocket } from '../node/paths.ts'
import type { Check } from './check.ts'

export const containerdAnswers: Check = {
  id: 'containerd-answers',
  title: 'containerd answers',
  tags: ['preflight', 'checklist', 'doctor'],
  needs: ['running-as-root', 'systemd-is-init'],
  run(facts) {
    const containerd = known(facts.containerd)
    if (containerd.answers) return { status: 'pass', observed: `containerd ${containerd.version}` }
    const unit = known(facts.units).containerd
    const installed = unit.load === 'loaded'
    return {
      status: 'fail',
      observed: installed
        ? `nothing answers on ${containerdSocket}; containerd.service is ${unit.active} (${unit.sub})`
        : `nothing answers on ${containerdSocket}, and there is no containerd.service`,
      expected:
        'containerd running: the broker and the pods are its containers, and EdgeCore exits without it',
      remedy: installed
        ? {
            text: 'Start containerd; if it does not stay up, its journal says why.',
            commands: ['systemctl enable --now containerd', 'journalctl -u containerd -n 50 --no-pager'],
          }
        : { text: 'Install containerd and runc with the packages of your distribution, then try again.' },
    }
  },
}
