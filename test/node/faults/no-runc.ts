import type { Fault } from './fault.ts'

export const noRunc: Fault = {
  what: 'there is no runc',
  occasion: 'preflight',
  fails: 'runc-runs',
  says: /runc: not found on this machine/,
  release: 'bookworm',
  breakIt: node => node.sh('mv /usr/sbin/runc /usr/sbin/runc.away'),
  mend: node => node.sh('mv /usr/sbin/runc.away /usr/sbin/runc'),
}
