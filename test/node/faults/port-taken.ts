import type { Fault } from './fault.ts'

const listen = `#!/usr/bin/perl
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1:1883', Listen => 1, ReuseAddr => 1) or die;
sleep;
`

export const portTaken: Fault = {
  what: 'another program listens on port 1883',
  occasion: 'preflight',
  fails: 'broker-port',
  says: /127\.0\.0\.1:1883 is held by stranger \(pid \d+, \/system\.slice\/stranger\.service\)/,
  async breakIt(node) {
    await node.write('/root/stranger', listen, 0o755)
    await node.sh('systemd-run --quiet --unit=stranger /root/stranger; sleep 1; systemctl is-active stranger')
  },
}
