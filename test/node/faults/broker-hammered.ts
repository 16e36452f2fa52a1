import type { Fault } from './fault.ts'

const connect = `use IO::Socket::INET;
IO::Socket::INET->new(PeerAddr => '127.0.0.1:1883') or die for 1 .. 500;
`

export const brokerHammered: Fault = {
  what: 'a program connects to the broker again and again',
  occasion: 'doctor',
  fails: 'broker-cpu',
  status: 'warn',
  says: /and hardly any messages/,
  release: 'trixie',
  // As long as it takes to count for 3 % of the time the broker has run, and it has to run for 10 s.
  async breakIt(node) {
    await node.write('/var/connect', connect)
    await node.sh(
      `broker=$(pidof mosquitto)
       share() { awk -v up="$(cut -d' ' -f1 /proc/uptime)" '{ alive = up - $22 / 100; exit !(alive > 10.5 && ($14 + $15) / alive > 3) }' /proc/$broker/stat; }
       until share; do perl /var/connect; done`,
      { timeoutMs: 300_000 },
    )
  },
}
