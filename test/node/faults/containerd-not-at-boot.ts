import type { Fault } from './fault.ts'

export const containerdNotAtBoot: Fault = {
  what: 'containerd does not start at boot',
  occasion: 'doctor',
  fails: 'containerd-at-boot',
  status: 'warn',
  heals: true,
  says: /systemctl enable containerd/,
  release: 'trixie',
  breakIt: node => node.sh('systemctl disable containerd'),
  mend: node => node.sh('systemctl enable containerd'),
}
