import { listenAs } from '../../../lab/tweaks/listen.ts'
import type { Fault } from './fault.ts'

export const healthPortTaken: Fault = {
  what: "another program listens on the port of EdgeCore's health",
  occasion: 'preflight',
  fails: 'edgecore-ports',
  says: /127\.0\.0\.1:10350 is held by perl \(pid \d+, health\.service, package perl-base\)/,
  release: 'bookworm',
  breakIt: node => listenAs(node, 'health', '127.0.0.1:10350'),
  mend: node => node.sh('systemctl stop health'),
}
