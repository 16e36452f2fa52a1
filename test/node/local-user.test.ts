import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { doctorExitCodes, exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'

// What a user without any rights can do on a node on which root runs edgekit.

const minutes = 60_000
const theirs = '/home/mallory/bundle'
const root = `${bundleOnNode}/bin/edgekit`

let node: LabNode
beforeAll(async () => {
  node = await startNodeWithBundle({ release: 'bookworm', certificates: true })
  await node.sh(
    `useradd --create-home --shell /bin/bash mallory
     chmod 755 /home/mallory
     cp -r ${bundleOnNode} ${theirs}
     chown -R mallory: /home/mallory`,
  )
}, 3 * minutes)
afterAll(() => node.remove())

/** Run a script of the user in the background while root runs `command`. */
async function beside(script: string, command: string) {
  await node.write('/home/mallory/script', script)
  return await node.run(
    `setsid runuser -u mallory -- sh /home/mallory/script & user=$!
     ${command}; code=$?
     kill -- -$user; wait $user; exit $code`,
    { timeoutMs: 3 * minutes },
  )
}

/** RENAME_EXCHANGE of renameat2(2), system call 316 on amd64 and 276 on arm64. */
const exchange = (one: string, other: string, halfMicroseconds: number): string =>
  `exec perl -e 'use Time::HiRes "usleep"; my $n = (\`uname -m\` =~ /aarch64/) ? 276 : 316; while (1) { syscall($n, -100, "${one}", -100, "${other}", 2); usleep(${halfMicroseconds}) }'`

describe('a bundle in the directory of a local user', () => {
  test.each([60, 150])('never installs a program exchanged every %d µs', async halfMicroseconds => {
    await node.sh(
      `rm -rf ${theirs}/bin.evil; cp -r ${theirs}/bin ${theirs}/bin.evil
       printf '#!/bin/sh\\nid >/root/pwned\\n' >${theirs}/bin.evil/clean-broker
       size=$(stat -c %s ${bundleOnNode}/bin/clean-broker)
       truncate -s $size ${theirs}/bin.evil/clean-broker
       chown -R mallory: ${theirs}`,
    )
    const swapping = exchange(`${theirs}/bin`, `${theirs}/bin.evil`, halfMicroseconds)
    const { exitCode, stdout, stderr } = await beside(swapping, `${root} install --yes ${theirs}`)
    expect([exitCodes.ok, exitCodes.refused, exitCodes.rolledBack], stderr).toContain(exitCode)
    if (exitCode === exitCodes.ok) expect(stdout).toContain('This node works.')
    else expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(/is damaged|changed after it was verified/)
    expect(await node.sh('ls /root')).not.toContain('pwned')
    const compared = await node.run(`cmp ${paths.cleanBroker} ${bundleOnNode}/bin/clean-broker`)
    expect(compared.exitCode).toBe(exitCode === exitCodes.ok ? 0 : 2)
    await node.sh(
      `if [ -e ${paths.receipt} ]; then edgekit uninstall --yes --purge; fi
       rm -rf ${theirs}; cp -r ${bundleOnNode} ${theirs}; chown -R mallory: ${theirs}`,
      { timeoutMs: minutes },
    )
  })

  test('starts edgecore.yaml from the text that was verified', async () => {
    const base = `${theirs}/config/kubeedge/edgecore-config.yaml`
    const script = `sed s,https://.*:10002,https://6.6.6.6:10002, ${base} >/tmp/evil.yaml
      until [ -e ${paths.journal} ]; do sleep 0.01; done; mv /tmp/evil.yaml ${base}`
    const { exitCode, stdout } = await beside(script, `${root} install --yes ${theirs}`)
    expect(exitCode, stdout).toBe(exitCodes.ok)
    const sha256 = createHash('sha256')
      .update(await node.read(base))
      .digest('hex')
    const { files } = JSON.parse(await node.read(`${bundleOnNode}/bundle.json`))
    expect(files).not.toContainEqual(expect.objectContaining({ sha256 }))
    expect(await node.read(paths.edgecoreConfig)).not.toContain('6.6.6.6')
  })
})

/** Accepts MQTT clients on port 1883 under a name of its own, and closes the connection at a PUBLISH. */
const impostor = `use strict; use warnings; use IO::Socket::INET;
$0 = "x"; open(my $comm, '>', '/proc/self/comm'); print $comm "\\e[2J\\e]0;OWN\\a"; close $comm;
$SIG{CHLD} = 'IGNORE';
my $listener;
until ($listener) { $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 1883, Listen => 64, ReuseAddr => 1); }
while (my $client = $listener->accept) {
  next if fork;
  binmode $client;
  while (sysread($client, my $data, 4096)) {
    my $type = ord($data) >> 4;
    syswrite($client, ord(substr($data, 8, 1)) == 5 ? "\\x20\\3\\0\\0\\0" : "\\x20\\2\\0\\0") if $type == 1;
    last if $type == 3;
  }
  exit;
}
`

describe('a local user who takes the port of the broker', () => {
  beforeAll(async () => {
    await node.write('/home/mallory/impostor.pl', impostor)
    await node.sh(
      `[ -e ${paths.receipt} ] || ${root} install --yes ${bundleOnNode}
       systemctl stop mosquitto
       systemd-run --quiet --uid=mallory --unit=impostor perl /home/mallory/impostor.pl
       until ss -ltn | grep -q 127.0.0.1:1883; do sleep 0.1; done`,
      { timeoutMs: 2 * minutes },
    )
  }, 3 * minutes)

  const reports = [
    'doctor',
    'doctor --json',
    'doctor --output junit',
    'doctor --output prometheus',
    'doctor --fix --yes',
  ]
  test.each(reports)('neither silences nor paints edgekit %s', async command => {
    const { exitCode, stdout, stderr } = await node.run(`edgekit ${command}`, { timeoutMs: minutes })
    expect(exitCode, stderr).toBe(doctorExitCodes.failed)
    expect(stdout).toMatch(/broker|mosquitto/)
    if (command === 'doctor') expect(stdout).toContain('\\u001b[2J')
    expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n\t]/u)
  })

  test('never changes another file by a report in a directory of the user', async () => {
    const swap = `cd /home/mallory; exec perl -e 'while (1) { next unless -f "doctor.xml.edgekit-part" && ! -l _; rename("doctor.xml.edgekit-part", "mine"); symlink("/etc/shadow", "doctor.xml.edgekit-part") }'`
    const before = await node.sh('stat -c "%a %u %g %Y" /etc/shadow')
    for (const _ of [1, 2])
      await beside(swap, 'cd /home/mallory; edgekit doctor --output junit --report doctor.xml')
    expect(await node.sh('stat -c "%a %u %g %Y" /etc/shadow')).toBe(before)
  })
})
