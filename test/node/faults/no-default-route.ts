import type { Fault } from './fault.ts'

export const noDefaultRoute: Fault = {
  what: 'the node has no default route',
  occasion: 'preflight',
  fails: 'default-route',
  says: /ip route add default/,
  release: 'bookworm',
  breakIt: node => node.sh('ip route del default'),
  mend: node => node.sh('ip route add default via 198.51.100.1'),
}
