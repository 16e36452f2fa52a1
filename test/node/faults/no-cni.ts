import type { Fault } from './fault.ts'

export const noCni: Fault = {
  what: 'there is no network configuration for pods',
  occasion: 'doctor',
  fails: 'cni-config',
  status: 'warn',
  says: /\/etc\/cni\/net\.d has none/,
  release: 'bookworm',
  breakIt: node => node.sh('mv /etc/cni/net.d/10-edge.conflist /etc/cni/net.d/10-edge.away'),
  mend: node => node.sh('mv /etc/cni/net.d/10-edge.away /etc/cni/net.d/10-edge.conflist'),
}
