import type { Fault } from './fault.ts'

export const edgecoreFrozen: Fault = {
  what: 'EdgeCore stands still: its unit is active, and its log says that all is well',
  occasion: 'doctor',
  fails: 'edgecore-health',
  says: /healthz: no answer within 5 s/,
  release: 'trixie',
  breakIt: node => node.sh('systemctl kill --signal=STOP edgecore'),
  mend: node => node.sh('systemctl kill --signal=CONT edgecore'),
}
