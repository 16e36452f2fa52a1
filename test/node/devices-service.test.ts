import { expect, test } from 'vitest'
import { bundleOnNode, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { devicesStatusExitCodes, exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'

const minutes = 60_000

const edgekit = (node: LabNode, args: string) => node.run(`edgekit ${args}`, { timeoutMs: 3 * minutes })

async function succeeds(node: LabNode, args: string): Promise<string> {
  const { exitCode, stdout, stderr } = await edgekit(node, args)
  expect(exitCode, stderr).toBe(exitCodes.ok)
  return stdout
}

/** A client of the broker's image, in its container. */
const mosquitto = (node: LabNode, program: 'pub' | 'sub', name: string, args: string) =>
  node.run(`ctr -n k8s.io tasks exec --exec-id ${name} mosquitto mosquitto_${program} -V 5 -q 1 ${args}`)

const addUser = async (node: LabNode, args: string): Promise<string> =>
  jsonOutput('broker-user-add', await succeeds(node, `broker user add ${args} --json`)).users[0]?.password ??
  ''

const users = async (node: LabNode) =>
  jsonOutput('broker-user-list', await succeeds(node, 'broker user list --json')).users.map(
    ({ name }) => name,
  )

const service = async (node: LabNode) =>
  jsonOutput('devices-status', (await edgekit(node, 'devices status --json')).stdout).service

const uuid = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'

test('the device service is installed with its user at the broker, works, and is removed', async () => {
  await using node = await startInstalledNode('bookworm')
  await succeeds(node, 'broker configure --yes --profile devices --address 198.51.100.10')
  expect(await succeeds(node, 'devices install --yes')).toContain('The device service works.')
  expect(await service(node)).toMatchObject({
    state: 'active',
    atBoot: true,
    restarts: 0,
    broker: '127.0.0.1:1883',
    health: { broker: 'connected', database: 'ok' },
  })
  const exposure = await node.sh('systemd-analyze security edgekit-devices --no-pager | tail -1')
  expect(Number(/: (\d\.\d) /.exec(exposure)?.[1])).toBeLessThan(2)
  expect(await node.sh(`stat -Lc '%a' ${paths.devicesLogin} ${paths.devices} ${paths.devices}/*`)).toBe(
    ['600', '700', '600', '600', '600', '600'].join('\n'),
  )

  // A device of each family; another backend hears of both.
  const [app, sensor, other] = [
    await addUser(node, 'app --role backend'),
    await addUser(node, 'd1'),
    await addUser(node, uuid),
  ]
  await succeeds(node, `devices add d1 ${uuid}`)
  const heard = mosquitto(node, 'sub', 'heard', `-u app -P ${app} -t 'system/#' -v -C 2 -W 30`)
  await node.sh(`until journalctl -u mosquitto -o cat | grep -q "u'app'"; do sleep 0.1; done`)
  await mosquitto(node, 'pub', 'one', `-u d1 -P ${sensor} -t device/d1/status -m '{"status":"online"}'`)
  await mosquitto(node, 'pub', 'two', `-u ${uuid} -P ${other} -t devices/${uuid}/heartbeat -n`)
  const events = (await heard).stdout.split('\n')
  expect(events.map(line => line.replace(/","reason.*/, '')).toSorted()).toEqual([
    `system/devices/online {"device_id":"${uuid}`,
    'system/devices/online {"device_id":"d1',
  ])
  const found = jsonOutput('devices-list', await succeeds(node, 'devices list --json')).devices
  expect(found.map(({ device_id: id, online }) => [id, online])).toEqual([
    [uuid, true],
    ['d1', true],
  ])

  // Nothing is left to do, also for an install of the bundle, which keeps the service.
  expect(await succeeds(node, 'devices install --yes')).toContain('Nothing to do')
  const again = await node.run(`cd ${bundleOnNode} && ./edgekit install --yes`, { timeoutMs: 3 * minutes })
  expect(again.stdout, again.stderr).toContain('Nothing to do')
  expect(await node.read(paths.receipt)).not.toContain('superseded')
  expect((await edgekit(node, 'doctor')).stdout).toContain('ok    devices: 5 checks')

  // Settings with a mistake are refused; those that do not work are rolled back.
  await node.write('/root/wrong.yaml', 'broker: { prot: 1883 }\n')
  const wrong = await edgekit(node, 'devices install --yes --settings wrong.yaml')
  expect(wrong.exitCode).toBe(exitCodes.usage)
  expect(wrong.stderr).toContain('unknown key "prot"')
  await node.write('/root/late.env', 'MQTT_PORT=1\n')
  const late = await edgekit(node, 'devices install --yes --environment late.env')
  expect(late.exitCode).toBe(exitCodes.rolledBack)
  expect(late.stderr.replaceAll(/\s+/g, ' ')).toContain(
    'devices install failed; all changes were rolled back the device service does not work: it is not connected to the broker',
  )
  expect(await service(node)).toMatchObject({ broker: '127.0.0.1:1883', health: { broker: 'connected' } })

  // A stop is quick, and every line of the log is JSON.
  const stopMs = await node.sh(
    'begin=$(date +%s%3N); systemctl stop edgekit-devices; echo $(($(date +%s%3N) - begin))',
  )
  expect(Number(stopMs)).toBeLessThan(5_000)
  const log = await node.sh('journalctl -u edgekit-devices -t edgekit-devices -o cat')
  expect(log.split('\n').map(line => JSON.parse(line).message)).toContain('stopped')
  expect(log).not.toContain((await node.read(paths.devicesLogin)).split('=').at(-1)?.trim())
  expect((await edgekit(node, 'devices status')).exitCode).toBe(devicesStatusExitCodes.failed)

  // The data stay, and the users of others.
  const removed = await succeeds(node, 'devices uninstall --yes')
  expect(removed).toContain(`${paths.devices}: what devices have published`)
  expect(await users(node)).toEqual(['edgecore', 'app', 'd1', uuid])
  expect(await node.sh(`ls ${paths.devicesUnit} ${paths.devicesLogin} 2>/dev/null; true`)).toBe('')
  expect(await node.read(paths.receipt)).not.toMatch(/edgekit-devices|devices-login|"devices": true/)
  expect((await edgekit(node, 'doctor')).exitCode).toBe(exitCodes.ok)
  await node.sh(`ls -L ${paths.devices}/devices.db`)
  await succeeds(node, 'devices uninstall --yes --purge')
  expect(await node.sh('ls -d /var/lib/edgekit/devices /var/lib/private/edgekit 2>/dev/null; true')).toBe('')
  expect(await succeeds(node, 'devices uninstall --yes')).toContain('Nothing to do')
}, 600_000)
