import type { Fault } from './fault.ts'

export const noResolvConf: Fault = {
  what: '/etc/resolv.conf is a link to nothing, as on a node that never had a network',
  occasion: 'preflight',
  fails: 'network-files',
  says: /\/etc\/resolv\.conf cannot be read/,
  release: 'bookworm',
  breakIt: node => node.sh('ln -sf ../run/nowhere/resolv.conf /etc/resolv.conf'),
  mend: node => node.sh('rm /etc/resolv.conf; : >/etc/resolv.conf'),
}
