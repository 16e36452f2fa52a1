import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOnNode, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { doctorExitCodes, exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'

// What a user without any rights can do to the broker of an installed node, and what is left of it afterwards.

const minutes = 60_000
const database = `${paths.brokerData}/mosquitto.db`

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')

/** The cells of a table under a heading of docs/security.md, without its head. */
const tableIn = (heading: string): string[][] =>
  (page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter(line => line.startsWith('|'))
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim().replaceAll('`', '')),
    )

/** MQTT 3.1.1 in Perl. */
const client = String.raw`use strict; use warnings; use IO::Socket::INET; $SIG{PIPE} = 'IGNORE';
sub text { my $s = shift; return pack('n', length $s) . $s }
sub packet { my ($type, $body) = @_; my $left = length $body; my $length = '';
  do { my $digit = $left % 128; $left = int($left / 128); $digit |= 128 if $left; $length .= chr $digit } while $left;
  return chr($type) . $length . $body }
sub take { my ($socket, $bytes) = @_; my $got = '';
  eval { local $SIG{ALRM} = sub { die }; alarm 10;
    while (length $got < $bytes) { last unless sysread $socket, $got, $bytes - length $got, length $got } };
  alarm 0; return length $got }
sub connected { my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1:1883', Timeout => 2) or return;
  syswrite $socket, packet(0x10, text('MQTT') . "\4\2\0\0" . text("mallory$$" . int rand 1e9));
  return take($socket, 4) == 4 ? $socket : undef }
`

/** Publishes retained messages, smaller and smaller ones, until the broker takes none any more. */
const fill = `my $topic = 0;
for my $size (1_000_000, 100_000, 10_000, 1000, 100, 1) {
  for (my $failures = 0; $failures < 3;) {
    my $socket = connected() or do { $failures++; next };
    my $count = $size < 10_000 ? 200 : 1; my $taken = 0;
    while (1) {
      my $batch = join '', map { $topic++; packet(0x33, text("fill/$topic") . pack('n', $topic % 65000 + 1) . 'x' x $size) } 1 .. $count;
      while (length $batch) { my $written = syswrite($socket, $batch) or last; substr($batch, 0, $written) = '' }
      last if length $batch or take($socket, 4 * $count) < 4 * $count;
      $taken++;
    }
    $failures = $taken ? 0 : $failures + 1;
  }
}
`

/** Holds as many connections as the broker takes, and takes each one that becomes free. */
const hold = `my @held;
while (1) { my $socket = @held < 600 ? connected() : undef; $socket ? push @held, $socket : select(undef, undef, undef, 0.02) }
`

/** Takes the port of the broker, accepts every client, and writes down what it is sent. */
const impostor = `use strict; use IO::Socket::INET; $SIG{CHLD} = 'IGNORE';
my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1:1883', Listen => 9, ReuseAddr => 1) or die;
while (1) { my $client = $socket->accept or next; next if fork;
  syswrite $client, "\\x20\\2\\0\\0";
  while (sysread $client, my $bytes, 65536) { open my $heard, '>>', '/home/mallory/heard'; syswrite $heard, $bytes; close $heard }
  exit }
`

const edgecoreClients = `ss -Htnp state established '( dport = :1883 )' | grep "pid=$(systemctl show --property=MainPID --value edgecore)," | sort`
const isActive = (unit: string) => `until systemctl is-active --quiet ${unit}; do sleep 0.2; done`
const edgecoreIsConnected = `until [ "$(ss -Htn state established '( dport = :1883 )' | wc -l)" -ge 2 ]; do sleep 0.5; done`

describe('a local user', () => {
  let node: LabNode
  beforeAll(async () => {
    node = await startInstalledNode('bookworm')
    await node.sh('useradd --create-home mallory; chmod 755 /home/mallory')
    await node.write('/home/mallory/fill.pl', client + fill)
    await node.write('/home/mallory/hold.pl', client + hold)
    await node.write('/home/mallory/impostor.pl', impostor)
  })
  afterAll(() => node.remove())

  const doctor = async () => {
    const { exitCode, stdout } = await node.run('edgekit doctor')
    return { exitCode, stdout: stdout.replaceAll(/\s+/g, ' ') }
  }

  test('finds the files and listeners of docs/security.md, and no others', async () => {
    const kept = tableIn('What is kept where').map(([path = '', mode, owner]) => `${path} ${mode} ${owner}`)
    const files = kept.map(row => row.split(' ')[0])
    await node.sh(`systemctl kill --signal=USR1 mosquitto; until [ -e ${database} ]; do sleep 0.1; done`)
    expect((await node.sh(`stat --format='%n %a %u:%g' ${files.join(' ')}`)).split('\n')).toEqual(kept)
    const listening = await node.sh(
      `for pid in $(pidof mosquitto) $(systemctl show --property=MainPID --value edgecore)
       do ss -Hltnp | grep "pid=$pid," | awk '{print $4}'; done | sort`,
    )
    expect(listening.split('\n')).toEqual(
      tableIn('What listens')
        .map(([address, port]) => `${address}:${port}`)
        .toSorted(),
    )
    const limit = '/sys/fs/cgroup/k8s.io/mosquitto/pids.max /sys/fs/cgroup/pids/k8s.io/mosquitto/pids.max'
    expect(await node.sh(`cat ${limit} 2>/dev/null || true`)).toBe('64')
  })

  test(
    'who fills the memory of the broker does not keep it from starting',
    async () => {
      // Ever smaller pieces are left of the limit: one that has had its time counts as full.
      await node.run('timeout 60 runuser -u mallory -- perl /home/mallory/fill.pl', {
        timeoutMs: 2 * minutes,
      })
      const full = await doctor()
      expect(full.stdout).toContain('the broker had no memory left below its limit of 268.4 MB')
      await node.run('systemctl restart mosquitto', { timeoutMs: 2 * minutes })
      await node.sh(`${isActive('mosquitto')}; ls ${database}.too-large-*; ${edgecoreIsConnected}`, {
        timeoutMs: 2 * minutes,
      })
      const after = await doctor()
      expect(after.stdout).toContain(`${database} was too large to load when the broker started`)
      expect(after.stdout).toContain('ok mqtt-path')
      await node.sh(`rm ${database}.too-large-*; systemctl reset-failed mosquitto`)
    },
    6 * minutes,
  )

  test(
    'who holds every connection neither displaces EdgeCore nor stays unnamed',
    async () => {
      const before = await node.sh(edgecoreClients)
      await node.sh(
        `systemd-run --quiet --uid=mallory --unit=holder --property=LimitNOFILE=4096 perl /home/mallory/hold.pl
       until [ "$(ss -Htn state established '( sport = :1883 )' | wc -l)" -ge 512 ]; do sleep 0.2; done`,
      )
      const { exitCode, stdout } = await doctor()
      expect({ exitCode, stdout }).toMatchObject({ exitCode: doctorExitCodes.failed })
      expect(stdout).toMatch(/51\d of 512 connections are in use.*user mallory has 51\d/)
      expect(await node.sh(edgecoreClients)).toBe(before)
      // One that has to connect again competes with everybody else, and is back when there is room.
      await node.sh('systemctl restart edgecore; sleep 8')
      expect(await node.sh(edgecoreClients)).toBe('')
      await node.sh(`systemctl stop holder; ${edgecoreIsConnected}`)
    },
    minutes,
  )

  test(
    'who takes a port that the broker is about to open is named before the broker is restarted',
    async () => {
      const taking = impostor.replace('127.0.0.1:1883', '198.51.100.10:8883')
      await node.write('/home/mallory/taking.pl', taking)
      await node.sh(
        `systemd-run --quiet --uid=mallory --unit=taking perl /home/mallory/taking.pl
         until ss -Hltn "sport = :8883" | grep -q .; do sleep 0.1; done`,
      )
      const started = 'systemctl show --property=ExecMainStartTimestampMonotonic mosquitto'
      const before = await node.sh(started)
      const { exitCode, stderr } = await node.run(
        `cd ${bundleOnNode} && ./edgekit install --broker-profile devices --broker-address 198.51.100.10`,
        { timeoutMs: minutes },
      )
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /install failed; all changes were rolled back cannot open a port of the broker: 198\.51\.100\.10:8883 is held by perl \(pid \d+, taking\.service, package perl-base\) .*systemctl disable --now taking\.service/,
      )
      expect(exitCode).toBe(exitCodes.rolledBack)
      expect(await node.sh(started)).toBe(before)
      await node.sh('systemctl stop taking')
    },
    2 * minutes,
  )

  test(
    'who takes the port of the broker does not get EdgeCore',
    async () => {
      await node.sh(
        `systemctl stop edgecore mosquitto
       systemd-run --quiet --uid=mallory --unit=impostor perl /home/mallory/impostor.pl
       until ss -Hltn "sport = :1883" | grep -q .; do sleep 0.1; done`,
      )
      const refused = await node.run('systemctl start edgecore')
      expect(refused.exitCode).not.toBe(0)
      expect(await node.sh('journalctl --unit edgecore --lines 20')).toContain(
        'edgekit: port 1883 is held by user mallory, not by the broker',
      )
      expect(await node.sh("ss -Htn state established '( dport = :1883 )'")).toBe('')
      expect((await doctor()).stdout).toMatch(
        /127\.0\.0\.1:1883 is held by perl \(pid \d+, impostor\.service/,
      )
      // Nor does it get EdgeCore's password from edgekit, only from somebody who asks for it.
      const password = 'CANARY-PASSWORD-OF-EDGECORE'
      await node.sh(
        `cp -a ${paths.edgecoreConfig} /root/edgecore.yaml; echo ${password} >/root/password
         sed -i 's/mqttUsername: .*/mqttUsername: edgecore/; s/mqttPassword: .*/mqttPassword: ${password}/' ${paths.edgecoreConfig}`,
      )
      expect((await doctor()).stdout).toContain('impostor.service')
      for (const command of [
        'pub t m',
        'sub t --time 2s',
        'pub t m -u edgecore --password-file /root/password',
        'broker test',
      ]) {
        const { exitCode, stderr } = await node.run(`edgekit ${command}`, { timeoutMs: minutes })
        expect(exitCode, command).toBe(exitCodes.refused)
        expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
          /cannot log in at the broker: 127\.0\.0\.1:1883 is held by perl .* systemctl disable --now impostor\.service/,
        )
      }
      await node.run('edgekit status')
      const heard = 'cat /home/mallory/heard 2>/dev/null || true'
      expect(await node.sh(heard)).not.toContain(password)
      const asked = 'edgekit pub t m --url mqtt://127.0.0.1 -u edgecore --password-file /root/password'
      await node.run(`timeout --signal=KILL 5 ${asked}`)
      expect(await node.sh(heard)).toContain(password)
      await node.sh(`mv /root/edgecore.yaml ${paths.edgecoreConfig}`)
      // Both come back by themselves.
      const back = `${isActive('mosquitto')}; ${isActive('edgecore')}; ${edgecoreIsConnected}`
      const { exitCode } = await node.run(`systemctl stop impostor\ntimeout 100 sh <<'END'\n${back}\nEND`, {
        timeoutMs: 2 * minutes,
      })
      expect(
        exitCode,
        await node.sh('systemctl status mosquitto edgecore; ss -tnap; journalctl -n 80 --no-pager || true'),
      ).toBe(0)
    },
    4 * minutes,
  )
})
