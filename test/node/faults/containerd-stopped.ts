import type { Fault } from './fault.ts'

export const containerdStopped: Fault = {
  what: 'containerd is stopped',
  occasion: 'preflight',
  fails: 'containerd-answers',
  says: /systemctl enable --now containerd/,
  breakIt: node => node.sh('systemctl stop containerd'),
}
