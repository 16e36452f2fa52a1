import { changeEdgecore, putEdgecoreBack } from '../../../lab/tweaks/edgecore-config.ts'
import type { Fault } from './fault.ts'

const web = `use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1:10000', Listen => 5, ReuseAddr => 1) or die;
while (my $client = $socket->accept) { print $client "HTTP/1.1 400 Bad Request\\r\\n\\r\\n"; close $client }
`

export const cloudTurnsAway: Fault = {
  what: 'what answers at the address of the cloud is not the cloud',
  occasion: 'doctor',
  fails: 'edgecore-cloud',
  status: 'warn',
  says: /Init websocket connection failed/,
  release: 'bookworm',
  async breakIt(node) {
    await node.write('/var/web', web)
    await node.sh('systemd-run --quiet --unit=web perl /var/web')
    await changeEdgecore("sed -i 's/192.0.2.1:10000/127.0.0.1:10000/' $file", 'dial websocket error')(node)
  },
  async mend(node) {
    await node.sh('systemctl stop web')
    await putEdgecoreBack(node)
  },
}
