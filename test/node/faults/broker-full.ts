import type { Fault } from './fault.ts'

// 30 retained messages of a megabyte.
const publish = `use IO::Socket::INET;
my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1:1883') or die;
sub packet { my ($type, $body) = @_; my $length = length $body; my $head = '';
  do { my $byte = $length % 128; $length = int($length / 128); $head .= chr($byte | ($length ? 128 : 0)) } while $length;
  print $socket chr($type) . $head . $body }
packet(0x10, pack('n/a CCn n/a', 'MQTT', 4, 2, 60, 'full'));
sysread $socket, my $answer, 4;
packet(0x31, pack('n/a', "full/$_") . 'x' x ($ARGV[0])) for 1 .. 30;
packet(0xc0, '');
sysread $socket, $answer, 2;
`

export const brokerFull: Fault = {
  what: 'the broker keeps 30 MB of retained messages',
  occasion: 'doctor',
  fails: 'broker-memory',
  status: 'warn',
  says: /retained messages/,
  release: 'bookworm',
  async breakIt(node) {
    await node.write('/var/publish', publish)
    await node.sh('perl /var/publish 1000000')
  },
}
