import { expect, test } from 'vitest'
import { hasMiddle } from '../../lab/crash/crashes.ts'
import { crashingEdgekit, crashLayer } from '../../lab/crash/executable.ts'
import { startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'

const minutes = 60_000
const address = '198.51.100.10'
const toDevices = `--profile devices --address ${address}`
const options = { timeoutMs: 2 * minutes }

const configure = (node: LabNode, args: string) => node.run(`edgekit broker configure --yes ${args}`, options)

/** What a change must leave as it was after it was rolled back; the configuration of EdgeCore has its login. */
const configuration = (node: LabNode): Promise<string> =>
  node.sh(
    `cd /etc; find edgekit kubeedge/config ! -type d -exec stat -c '%n %a %u:%g' {} + -exec sha256sum {} + | sort
     systemctl is-active mosquitto edgecore; ls /run | grep edgekit-broker-trial; ctr -n k8s.io containers ls -q`,
  )

const healthy = async (node: LabNode): Promise<void> => {
  await expect
    .poll(async () => (await node.run('edgekit doctor', options)).exitCode, {
      timeout: minutes,
      interval: 500,
    })
    .toBe(exitCodes.ok)
}

const startedAt = (node: LabNode): Promise<string> =>
  node.sh('systemctl show --property ActiveEnterTimestampMonotonic --value mosquitto')

test('a configuration that does not work is rolled back, wherever that shows', async () => {
  await using node = await startInstalledNode('bookworm')
  // EdgeCore writes edgecore.yaml when it starts.
  await healthy(node)
  const before = await configuration(node)
  const started = await startedAt(node)

  // In the trial: the running broker is never touched.
  await node.sh(`mkdir ${paths.brokerConfD}; echo 'no_such_option 1' >${paths.brokerConfD}/mine.conf`)
  const tried = await configure(node, toDevices)
  expect(tried.exitCode, tried.stderr).toBe(exitCodes.rolledBack)
  expect(tried.stderr).toContain('broker configure failed; all changes were rolled back')
  expect(tried.stderr).toContain('the new broker configuration does not work')
  expect(tried.stderr).toContain('Unknown configuration variable "no_such_option"')
  expect(await startedAt(node)).toBe(started)
  await node.sh(`rm -r ${paths.brokerConfD}`)
  expect(await configuration(node)).toBe(before)

  // Before the trial: another program has the port.
  await node.sh(`systemd-run --unit other socat TCP-LISTEN:8883,bind=${address},fork /dev/null 2>/dev/null ||
    systemd-run --unit other perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "${address}", LocalPort => 8883, Listen => 5) or die; sleep 1000'`)
  await node.sh(`until ss -ltn | grep -q ${address}:8883; do sleep 0.1; done`)
  const taken = await configure(node, toDevices)
  expect(taken.exitCode, taken.stderr).toBe(exitCodes.rolledBack)
  expect(taken.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /cannot open a port of the broker: \S+:8883 is held by \w+ \(pid \d+, other\.service(, package \S+)?\)/,
  )
  expect(await startedAt(node)).toBe(started)
  await node.sh('systemctl stop other')
  expect(await configuration(node)).toBe(before)

  // In the start after the switch: the node does not have the address.
  const switched = await configure(node, '--profile devices --address 198.51.100.77')
  expect(switched.exitCode, switched.stderr).toBe(exitCodes.rolledBack)
  expect(await startedAt(node)).not.toBe(started)
  expect(await configuration(node)).toBe(before)
  await healthy(node)

  // What the user has changed is not overwritten.
  await node.sh(`echo '# mine' >>${paths.brokerConfig}`)
  const mine = await configure(node, toDevices)
  expect(mine.exitCode).toBe(exitCodes.refused)
  expect(mine.stderr.replaceAll(/\s+/g, ' ')).toContain(`you have changed ${paths.brokerConfig}`)
  const forced = await configure(node, `${toDevices} --force`)
  expect(forced.exitCode, forced.stderr).toBe(exitCodes.ok)
  expect(forced.stdout).toContain(`${address}:8883  MQTT with TLS`)
  expect(await node.read(`${paths.brokerConfig}.edgekit-old`)).toContain('# mine')
  await node.sh(`rm ${paths.brokerConfig}.edgekit-old`)

  // What doctor --fix restores is the file of the profile.
  const devices = await node.read(paths.brokerConfig)
  await node.sh(`rm ${paths.brokerConfig}`)
  const fixed = await node.run('edgekit doctor --fix --yes', options)
  expect(fixed.exitCode, `${fixed.stdout}\n${fixed.stderr}`).toBe(exitCodes.ok)
  expect(await node.read(paths.brokerConfig)).toBe(devices)

  // Limits, and the way back, which leaves users and certificates.
  const limited = await configure(node, '--set maxPacketSize=4000000 --set memoryLimit=536870912')
  expect(limited.exitCode, limited.stderr).toBe(exitCodes.ok)
  expect(await node.read(paths.brokerConfig)).toMatch(/^max_packet_size 4000000$/m)
  expect(
    await node.sh(
      'cat /sys/fs/cgroup/k8s.io/mosquitto/memory.max /sys/fs/cgroup/memory/k8s.io/mosquitto/memory.limit_in_bytes 2>/dev/null; true',
    ),
  ).toBe('805306368')
  expect((await configure(node, '')).stdout).toContain('Nothing to do')
  const local = await configure(node, '--profile local --set maxPacketSize= --set memoryLimit=')
  expect(local.exitCode, local.stderr).toBe(exitCodes.ok)
  await healthy(node)
  const kept = await node.run('edgekit uninstall --yes', options)
  expect(kept.stdout).toContain(`${paths.brokerPasswords}: broker users and certificates`)
  await node.sh(`cd /root/bundle && ./edgekit uninstall --yes --purge`, options)
  expect(await node.sh('ls -d /etc/edgekit /var/lib/edgekit 2>/dev/null; true')).toBe('')
}, 600_000)

test('killed once in every change: continued it works, and rolled back everything is as before', async () => {
  await using node = await startInstalledNode('trixie', 'edge', [await crashLayer()])
  // EdgeCore writes edgecore.yaml when it starts.
  await healthy(node)
  const before = await configuration(node)
  const { stdout } = await node.run(`edgekit broker configure --dry-run --json ${toDevices}`, options)
  const output = jsonOutput('broker-configure', stdout)
  const ids = output.dryRun ? output.plan.changes.map(({ id }) => id).filter(hasMiddle) : []
  expect(ids).toContain('broker trial')
  const kill = async (command: string, id: string, cut: string): Promise<void> => {
    const killed = await node.run(`${crashingEdgekit} ${command}; exit $?`, {
      env: { LAB_CUT_ID: id, LAB_CUT: cut },
      timeoutMs: 2 * minutes,
    })
    expect(killed.exitCode, `${cut} of ${id}: ${killed.stdout}\n${killed.stderr}`).toBe(137)
  }
  const command = `broker configure --yes ${toDevices}`
  for (const [at, id] of ids.entries()) await kill(command, id, at % 2 ? 'after change' : 'after intent')
  for (const [at, id] of ids.toReversed().entries())
    await kill('rollback', id, at % 2 ? 'before reverted' : 'after reverted')
  const back = await node.run('edgekit rollback', options)
  expect(back.exitCode, back.stderr).toBe(exitCodes.ok)
  expect(await configuration(node)).toBe(before)

  for (const [at, id] of ids.entries()) await kill(command, id, at % 2 ? 'after intent' : 'in the middle')
  const finished = await configure(node, '')
  expect(finished.exitCode, finished.stderr).toBe(exitCodes.ok)
  await healthy(node)
  expect(
    await node.sh(`grep -c canary ${paths.brokerPasswords}; ls -d ${paths.brokerTrial} 2>/dev/null; true`),
  ).toBe('0')
  expect((await configure(node, toDevices)).stdout).toContain('Nothing to do')

  // Users and rules: nobody was told that a killed command has succeeded, so the next one of this kind rolls it back.
  const run = (args: string) => node.run(`edgekit broker ${args}`, options)
  await node.sh(`edgekit broker user add sensor | awk '$1 == "sensor" { print $2 }' >/root/sensor`, options)
  const logIn = () =>
    node.run(
      'edgekit pub device/sensor/status on --url mqtt://127.0.0.1 -u sensor --password-file /root/sensor',
      options,
    )
  expect((await logIn()).exitCode).toBe(exitCodes.ok)
  await kill('broker user remove sensor', 'broker users', 'after change')
  expect((await logIn()).exitCode).not.toBe(exitCodes.ok)
  const found = await node.run('edgekit doctor install-finished', options)
  expect(found.stdout).toContain('edgekit broker user remove of ')
  const next = await run("acl add --user sensor --topic 'hall/#' --read")
  expect(next.stdout, next.stderr).toBe('Added read hall/# (sensor).')
  expect(next.stderr).toContain('Roll back: Change users and rules of the broker')
  expect((await logIn()).exitCode).toBe(exitCodes.ok)
  await kill("broker acl remove --user sensor --topic 'hall/#' --read", 'broker users', 'in the middle')
  expect((await run('user list')).stderr).toContain(
    'cannot manage the broker: edgekit broker acl remove was interrupted',
  )
  await kill('broker user remove sensor', 'broker users', 'after done')
  const removed = await run('user remove sensor')
  expect(removed.stdout, removed.stderr).toBe('Removed sensor; the broker has disconnected them.')
  expect((await logIn()).exitCode).not.toBe(exitCodes.ok)

  // A disk without room for one more file: the broker has its users, and with room the same command works.
  const users = await node.sh(`sha256sum ${paths.brokerPasswords} ${paths.brokerAcl}`)
  const { brokerDirectory: full } = paths
  await node.sh(
    `cp -a ${full} /root/full; mount -t tmpfs -o mode=755 tmpfs ${full}; cp -a /root/full/. ${full}
     systemctl restart mosquitto; mount -o remount,size=$(df -k --output=used ${full} | tail -1 | tr -d ' ')k ${full}`,
    options,
  )
  const refused = await run('user add sensor')
  expect(refused.exitCode, refused.stderr).toBe(exitCodes.rolledBack)
  expect(refused.stderr).toContain('broker user add failed; all changes were rolled back')
  expect(refused.stderr).toContain('no space left')
  expect(await node.sh(`sha256sum ${paths.brokerPasswords} ${paths.brokerAcl}`)).toBe(users)
  await node.sh(`mount -o remount,size=10M ${full}`)
  expect((await run('user add sensor')).exitCode).toBe(exitCodes.ok)
  await healthy(node)
}, 900_000)
