import { listenAs } from '../../../lab/tweaks/listen.ts'
import type { Fault } from './fault.ts'

export const portTaken: Fault = {
  what: 'another program listens on port 1883',
  occasion: 'preflight',
  fails: 'broker-port',
  says: /127\.0\.0\.1:1883 is held by perl \(pid \d+, stranger\.service, package perl-base\)/,
  release: 'bookworm',
  breakIt: node => listenAs(node, 'stranger', '127.0.0.1:1883'),
  mend: node => node.sh('systemctl stop stranger'),
}
