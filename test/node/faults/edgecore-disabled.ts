import type { Fault } from './fault.ts'

export const edgecoreDisabled: Fault = {
  what: 'EdgeCore runs, and is not to start at boot',
  occasion: 'doctor',
  fails: 'edgecore-at-boot',
  status: 'warn',
  says: /systemctl enable edgecore/,
  release: 'bookworm',
  breakIt: node => node.sh('systemctl disable edgecore'),
  mend: node => node.sh('systemctl enable edgecore'),
}
