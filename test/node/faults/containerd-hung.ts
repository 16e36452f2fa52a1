import type { Fault } from './fault.ts'

export const containerdHung: Fault = {
  what: 'containerd is stopped in the middle: its socket accepts, and nobody answers',
  occasion: 'doctor',
  fails: 'containerd-answers',
  says: /accepts connections on \S+, and then says nothing/,
  breakIt: node => node.sh('systemctl kill --signal=STOP containerd'),
  mend: node => node.sh('systemctl kill --signal=CONT containerd'),
}
