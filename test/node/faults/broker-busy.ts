import type { Fault } from './fault.ts'

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

export const brokerBusy: Fault = {
  what: 'a client keeps the broker busy and sends nothing',
  occasion: 'doctor',
  fails: 'broker-cpu',
  status: 'warn',
  says: /% since it was started, and hardly any messages/,
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
}
