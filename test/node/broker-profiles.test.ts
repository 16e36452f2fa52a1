import { expect, test } from 'vitest'
import { bundleOnNode, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { aclCheckExitCodes, exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { address, connectDevice, device, openPorts, requireRefusals } from './network-device.ts'

const minutes = 60_000

const install = (node: LabNode, args: string) =>
  node.run(`cd ${bundleOnNode} && ./edgekit install ${args}`, { timeoutMs: 3 * minutes })

async function addUser(node: LabNode, args: string): Promise<string> {
  const { stdout } = await node.run(`edgekit broker user add ${args} --json`, { timeoutMs: minutes })
  return jsonOutput('broker-user-add', stdout).users[0]?.password ?? ''
}

/** What edgekit finds out about this node's broker, with its own listeners and credentials: `pass access-no-login`. */
async function brokerVerdicts(node: LabNode): Promise<string[]> {
  const groups = ['access', 'listeners', 'websockets', 'event-bus']
  const args = groups.map(group => `--group ${group}`).join(' ')
  const { stdout } = await node.run(`edgekit broker test ${args} --json`, { timeoutMs: minutes })
  const { tests } = jsonOutput('broker-test', stdout)
  const verdicts = tests.filter(({ group }) => group !== 'frames').map(({ status, id }) => `${status} ${id}`)
  return [...new Set(verdicts)]
}

const bench = (node: LabNode) =>
  node.run('edgekit broker bench --rate 200 --duration 1s --qos 1', { timeoutMs: minutes })

test('devices reach the broker over TLS with a password, and only on the ports that were named', async () => {
  await using node = await startInstalledNode('bookworm')
  await connectDevice(node)
  const before = await node.read(paths.brokerConfig)
  expect(await openPorts(node)).toBe('')
  const early = await node.run('edgekit broker user add sensor-1')
  expect(early.stderr.replaceAll(/\s+/g, ' ')).toContain(
    'the broker has none, because its profile is local: every program on this node can connect',
  )

  const installed = await install(node, `--broker-profile devices --broker-address ${address}`)
  expect(installed.exitCode, installed.stderr).toBe(exitCodes.ok)
  expect(installed.stderr).toContain('Try the broker configuration on other ports')
  expect(installed.stderr).toContain('Log in at the broker in each role')
  expect(await openPorts(node)).toBe('8883')
  expect((await node.run('edgekit doctor', { timeoutMs: minutes })).exitCode).toBe(exitCodes.ok)
  expect(
    await node.sh('ctr -n k8s.io containers ls -q; ls -d /run/edgekit-broker-trial 2>/dev/null; true'),
  ).toBe('mosquitto')

  const [sensor, other, app] = [
    await addUser(node, 'sensor-1'),
    await addUser(node, '温度-2'),
    await addUser(node, 'app --role backend'),
  ]
  expect((await node.run('edgekit broker user list')).stdout).toBe(
    'USER      ROLE\nedgecore  edgecore\nsensor-1  device\n温度-2    device\napp       backend',
  )
  await node.sh(`cp ${paths.brokerCa} /root/image/ca.crt`)
  const tls = '-p 8883 --cafile /ca.crt'
  // What the backend receives of two devices and of EdgeCore's side, of which one message is not for it.
  const heard = device(node, 'sub', `${tls} -u app -P ${app} -t '#' -v -W 8 -q 1`)
  await node.sh('sleep 2')
  const as = (user: string, password: string) => `${tls} -u ${user} -P ${password} -q 1 -V 5 -m x`
  expect((await device(node, 'pub', `${as('sensor-1', sensor)} -t device/sensor-1/status`)).exitCode).toBe(0)
  expect(
    (await device(node, 'pub', `${as('温度-2', other)} -t device/温度-2/data/temperature`)).exitCode,
  ).toBe(0)
  expect((await device(node, 'pub', `${as('sensor-1', sensor)} -t device/other/status`)).stderr).toContain(
    'Not authorized',
  )
  expect((await heard).stdout).toBe('device/sensor-1/status x\ndevice/温度-2/data/temperature x')

  // Refused, whoever asks.
  expect((await device(node, 'pub', `${tls} -t t -m x`)).stderr).toContain('not authorised')
  expect((await device(node, 'pub', `${as('sensor-1', 'wrong')} -t t`)).stderr).toContain('Not authorized')
  expect((await device(node, 'pub', `-p 8883 -u app -P ${app} -t t -m x`)).exitCode).not.toBe(0)

  // Rules, of which none shuts out EdgeCore.
  const acl = (args: string) => node.run(`edgekit broker acl ${args}`, { timeoutMs: minutes })
  expect((await acl('check --user app --topic hall/light --write')).exitCode).toBe(aclCheckExitCodes.denied)
  expect((await device(node, 'pub', `${as('app', app)} -t hall/light`)).stderr).toContain('Not authorized')
  const added = await acl("add --user app --topic 'hall/#' --read --write")
  expect(added.stdout, added.stderr).toBe('Added readwrite hall/# (app).')
  expect((await device(node, 'pub', `${as('app', app)} -t hall/light`)).exitCode).toBe(0)
  expect((await acl('check --user app --topic hall/light --write')).stdout).toBe(
    'allowed: topic readwrite hall/#',
  )
  const rules = jsonOutput('broker-acl-list', (await acl('list --user app --json')).stdout).rules
  expect(rules.at(-1)).toEqual({ user: 'app', access: 'readwrite', topic: 'hall/#', role: null })
  const rulesBefore = await node.read(paths.brokerAcl)
  const shutOut = await acl("add --user edgecore --topic '$hw/#' --deny")
  expect(shutOut.exitCode).toBe(exitCodes.rolledBack)
  expect(shutOut.stderr.replaceAll(/\s+/g, ' ')).toContain(
    'broker acl add failed; all changes were rolled back the new broker configuration does not work: edgecore may not publish on $hw/',
  )
  expect((await acl('remove --user app --topic device/# --read')).stderr).toContain(
    'cannot remove read device/#: it belongs to the role backend',
  )
  expect(await node.read(paths.brokerAcl)).toBe(rulesBefore)
  await node.sh(`sed -i 's/^topic readwrite hall.*/topic sometimes hall/' ${paths.brokerAcl}`)
  expect((await acl('add --user app --topic x --read')).stderr).toContain(
    `cannot read ${paths.brokerAcl}: line `,
  )
  await node.sh(`sed -i 's/^topic sometimes hall.*/topic readwrite hall\\/#/' ${paths.brokerAcl}`)
  expect(await node.read(paths.brokerAcl)).toBe(rulesBefore)
  expect((await acl("remove --user app --topic 'hall/#' --read --write")).exitCode).toBe(exitCodes.ok)
  expect((await device(node, 'pub', `${as('app', app)} -t hall/light`)).stderr).toContain('Not authorized')

  // Without TLS on the node and with TLS in the network, both hear both.
  const onNode = `ctr -n k8s.io tasks exec --exec-id local mosquitto mosquitto_`
  const inside = node.run(`${onNode}sub -u app -P ${app} -t device/+/status -v -C 2 -W 20 -q 1`)
  const outside = device(node, 'sub', `${tls} -u app -P ${app} -t device/+/status -v -C 2 -W 20 -q 1`)
  await node.sh('sleep 2')
  await device(node, 'pub', `${as('sensor-1', sensor)} -t device/sensor-1/status`)
  await node.sh(
    `${onNode.replace('local', 'other')}pub -u 温度-2 -P ${other} -q 1 -t device/温度-2/status -m x`,
  )
  const both = ['device/sensor-1/status x', 'device/温度-2/status x']
  expect((await inside).stdout.split('\n').toSorted()).toEqual(both)
  expect((await outside).stdout.split('\n').toSorted()).toEqual(both)

  const plain = `-u app -P ${app} -t t -m x`
  await requireRefusals(node, plain)
  const opened = await node.run('edgekit broker configure --yes --websockets', { timeoutMs: 2 * minutes })
  expect(opened.exitCode, opened.stderr).toBe(exitCodes.ok)
  expect(await openPorts(node)).toBe('8883 9001')

  // Every listener, as EdgeCore's user; the broker breaks one rule of WebSockets.
  const verdicts = await brokerVerdicts(node)
  expect(verdicts.filter(verdict => !verdict.startsWith('pass'))).toEqual(['fail websocket-text'])
  expect(verdicts).toContain('pass access-wrong-password')
  expect(verdicts).toContain('pass listener-exchange')
  expect(verdicts).toContain('pass event-bus-membership')
  const authenticated = await bench(node)
  expect(authenticated.stdout, authenticated.stderr).toContain('Every message arrived.')

  // A certificate besides the password, of either kind.
  const required = await node.run('edgekit broker configure --yes --set clientCertificates=true', {
    timeoutMs: 2 * minutes,
  })
  expect(required.exitCode, required.stderr).toBe(exitCodes.ok)
  expect((await device(node, 'pub', `${tls} ${plain}`)).exitCode).not.toBe(0)
  for (const kind of ['p-256', 'rsa-2048']) {
    const issued = await node.run(`edgekit broker tls device app --key ${kind} --directory /root/image`)
    expect(issued.stdout, issued.stderr).toContain('Wrote /root/image/app.crt and /root/image/app.key.')
    const pair = '--cert /app.crt --key /app.key'
    expect((await device(node, 'pub', `${tls} ${pair} ${plain}`)).exitCode).toBe(0)
    expect((await device(node, 'pub', `${tls} ${pair} -u app -P wrong -t t -m x`)).stderr).toContain(
      'not authorised',
    )
  }
  expect((await node.run('edgekit broker tls device nobody')).stderr).toContain('has no user nobody')
  expect((await node.run('edgekit doctor', { timeoutMs: minutes })).exitCode).toBe(exitCodes.ok)
  // Without TLS, but with a password, and the doctor warns.
  await node.sh(
    'edgekit broker configure --yes --set clientCertificates=false --allow-plaintext-listener --set plaintextWebsockets=true',
    { timeoutMs: 2 * minutes },
  )
  expect(await openPorts(node)).toBe('1883 8883 9001')
  const overWebSockets = `ip netns exec device edgekit pub device/x/command x --url ws://${address}:9001`
  await node.write('/root/app', app)
  expect((await node.run(`${overWebSockets} -u app --password-file /root/app`)).exitCode).toBe(exitCodes.ok)
  expect((await node.run(overWebSockets)).stderr.replaceAll(/\s+/g, ' ')).toContain('Not authorized')
  await node.sh('rm /root/app')
  expect((await node.run('edgekit doctor broker-plaintext')).stdout.replaceAll(/\s+/g, ' ')).toContain(
    `clients can connect without TLS: ${address}:1883, ${address}:9001`,
  )
  expect((await device(node, 'pub', `${tls} ${plain}`)).exitCode).toBe(0)

  // A new password and a removed user end the connections.
  const kicked = device(
    node,
    'sub',
    `${as('sensor-1', sensor).replace(' -m x', '')} -t device/sensor-1/# -i kept -c -x 3600`,
  )
  await node.sh("until journalctl -u mosquitto -o cat | grep -q ' as kept '; do sleep 0.2; done")
  expect((await node.run('edgekit broker user remove sensor-1')).stdout).toBe(
    'Removed sensor-1; the broker has disconnected them, and deleted 1 durable session.',
  )
  await node.sh('ctr -n k8s.io tasks kill --signal SIGUSR1 mosquitto; sleep 1')
  expect(await node.sh(`grep -c kept ${paths.brokerData}/mosquitto.db; true`)).toBe('0')
  // It was connected, and is refused when it connects again.
  expect((await kicked).stderr).toContain('Not authorized')
  expect((await device(node, 'pub', `${as('sensor-1', sensor)} -t t`)).stderr).toContain('Not authorized')
  const typed = await node.run('edgekit broker user passwd app --password-file -', {
    input: 'correct horse battery\n',
  })
  expect(typed.stdout).toBe('Set the password of user app (backend).')
  expect(
    (await device(node, 'pub', `${as('app', "'correct horse battery'")} -t device/x/command`)).exitCode,
  ).toBe(0)

  // No password is anywhere but where it has to be.
  const secrets = [sensor, other, app, 'correct horse battery', (await node.read(paths.brokerLogin)).trim()]
  const found = await node.sh(
    `grep -rlaF ${secrets.map(secret => `-e '${secret}'`).join(' ')} /etc /var /opt /run 2>/dev/null; true`,
  )
  expect(found.split('\n').toSorted()).toEqual([paths.brokerLogin, paths.edgecoreConfig])

  // Users stay, and nothing is left to do.
  expect((await install(node, '')).stdout).toContain('Nothing to do')
  const local = await install(node, '--broker-profile local')
  expect(local.exitCode, local.stderr).toBe(exitCodes.ok)
  expect(await openPorts(node)).toBe('')
  expect(await node.read(paths.brokerConfig)).toBe(before)
  const anonymous = await brokerVerdicts(node)
  expect(anonymous.filter(verdict => !verdict.startsWith('skip'))).toEqual(['pass event-bus-membership'])
  expect((await bench(node)).exitCode).toBe(exitCodes.ok)
  await node.sh('umount /root/image')
  const removed = await node.run('edgekit uninstall --yes', { timeoutMs: minutes })
  expect(removed.stdout).toContain(`${paths.brokerPasswords}: broker users and certificates`)
  expect(removed.exitCode).toBe(exitCodes.ok)
}, 600_000)
