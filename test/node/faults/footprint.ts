import { paths } from '../../../src/node/paths.ts'
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

// PINGREQ after PINGREQ, 4096 at a time.
const ping = `use IO::Socket::INET;
my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1:1883') or die;
syswrite $socket, "\\x10\\x10\\x00\\x04MQTT\\x04\\x02\\x00\\x3c\\x00\\x04ping";
sysread $socket, my $answer, 4;
while (1) { syswrite $socket, "\\xc0\\x00" x 4096;
  for (my $left = 8192; $left > 0;) { $left -= sysread($socket, $answer, $left) || die } }
`

// Ticks are hundredths of a second; the doctor itself sends messages, so it is not asked.
const isBusy = `awk -v up="$(cut -d' ' -f1 /proc/uptime)" \\
  '{ exit !($14 + $15 > 200 + 3 * (up - $22 / 100)) }' /proc/$(pidof mosquitto)/stat`

export const footprintFaults: readonly Fault[] = [
  {
    what: 'the broker keeps 30 MB of retained messages',
    occasion: 'doctor',
    fails: 'broker-memory',
    status: 'warn',
    words: /retained messages/,
    release: 'bookworm',
    async breakIt(node) {
      await node.write('/var/publish', publish)
      await node.sh('perl /var/publish 1000000')
    },
  },
  {
    what: 'a client keeps the broker busy without publishing',
    occasion: 'doctor',
    fails: 'broker-cpu',
    status: 'warn',
    words: /% CPU since its start, with hardly any messages/,
    release: 'trixie',
    async breakIt(node) {
      await node.write('/var/ping', ping)
      await node.sh(
        `systemd-run --quiet --unit=ping perl /var/ping
         until ${isBusy}; do sleep 0.5; done
         systemctl stop ping`,
        { timeoutMs: 120_000 },
      )
    },
  },
  {
    what: 'the broker takes 15 s to start, long after boot',
    occasion: 'doctor',
    fails: 'broker-start-time',
    status: 'warn',
    words: /[12]\d\.\d s until the first MQTT answer/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `sed -i '/^ExecStartPost/a ExecStartPost=/bin/sleep 15' ${paths.brokerUnit}; systemctl daemon-reload
         until test "$(ps -o etimes= -p 1)" -gt 32; do sleep 1; done; systemctl restart mosquitto; sleep 6`,
        { timeoutMs: 120_000 },
      ),
  },
  {
    what: 'the bundle has a large broker image',
    occasion: 'doctor',
    fails: 'broker-image-size',
    status: 'warn',
    words: /about 10 MB/,
    release: 'trixie',
    // The receipt knows what the manifest was.
    breakIt: node =>
      node.sh(
        `cp ${paths.installedManifest} /var/bundle.json; cp ${paths.receipt} /var/receipt.json
         sum() { sha256sum ${paths.installedManifest} | cut -d' ' -f1; }; before=$(sum)
         perl -0pi -e 's/("path": "images.eclipse-mosquitto-2.0.tar",\\s*"size": )/\${1}1/' ${paths.installedManifest}
         sed -i "s/$before/$(sum)/" ${paths.receipt}`,
      ),
    repair: node =>
      node.sh(`cp /var/bundle.json ${paths.installedManifest}; cp /var/receipt.json ${paths.receipt}`),
  },
]
