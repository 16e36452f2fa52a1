import type { LabNode } from '../machine/node.ts'

const program = `use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalAddr => $ARGV[0], Listen => 1, ReuseAddr => 1) or die;
sleep;
`

/** Start a unit with this name that listens on `address:port` with `perl`, Debian's by default. */
export async function listenAs(
  node: LabNode,
  unit: string,
  at: string,
  perl = '/usr/bin/perl',
): Promise<void> {
  await node.write('/var/listen', program)
  await node.sh(
    `systemd-run --quiet --unit=${unit} ${perl} /var/listen ${at}
     until ss --listening --tcp --numeric | grep --quiet --fixed-strings '${at}'; do sleep 0.1; done`,
  )
}
