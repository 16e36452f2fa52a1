import { expect, test } from 'vitest'
import { crashingEdgekit, crashLayer } from '../../lab/crash/executable.ts'
import { bundleOnNode, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { address, connectDevice, openPorts, requireRefusals } from './network-device.ts'

const minutes = 60_000

const install = (node: LabNode, args: string) =>
  node.sh(`cd ${bundleOnNode} && ./edgekit install ${args}`, { timeoutMs: 3 * minutes })

const tls = (node: LabNode, args: string) =>
  node.run(`edgekit broker tls ${args}`, { timeoutMs: 2 * minutes })

const status = async (node: LabNode) =>
  jsonOutput('broker-tls-status', (await tls(node, 'status --json')).stdout)

/** Runs a client of the broker image; `ca` is a file on the node. */
const publish = (node: LabNode, ca: string, port = 8883) =>
  node.run(
    `cp ${ca} /root/image/ca.crt && chroot /root/image /usr/bin/mosquitto_pub -h ${address} -p ${port} --cafile /ca.crt -u app -P "$(cat /root/app)" -t device/x/command -m x`,
    { timeoutMs: minutes },
  )

const brokerProcess = (node: LabNode) =>
  node.sh('ctr -n k8s.io tasks ls | awk \'$1 == "mosquitto" { print $2 }\'')

test(
  'certificates and the CA are replaced on 8883 and wss, imported, and rolled back',
  async () => {
    await using node = await startInstalledNode('trixie', 'edge', [await crashLayer()])
    await connectDevice(node)
    expect(await openPorts(node)).toBe('')
    await install(node, `--broker-profile devices --broker-address ${address}`)
    expect(await openPorts(node)).toBe('8883')
    await node.sh(`
    edgekit broker user add app --role backend | awk '$1 == "app" { printf "%s", $2 }' > /root/app
    cp ${paths.brokerCa} /root/old-ca.crt; mkdir /root/first; cp -a ${paths.brokerTls}/* /root/first`)
    const first = await status(node)
    expect(first).toMatchObject({ source: 'edgekit', nextCa: null, problem: null })
    expect(first.server.names).toContain(address)
    expect((await publish(node, '/root/old-ca.crt')).exitCode).toBe(0)
    await requireRefusals(node, `-u app -P ${await node.read('/root/app')} -t device/x/command -m x`)

    // The commands that run the node.
    const shown = jsonOutput(
      'status',
      (await node.run('edgekit status --json', { timeoutMs: minutes })).stdout,
    )
    expect(shown.running).toMatchObject({
      cloud: { joined: true },
      broker: { profile: 'devices', users: 2, sessionsWaiting: 0, certificateDays: 1094 },
    })
    expect(shown.running?.broker.listeners.toSorted()).toEqual(['127.0.0.1:1883', `${address}:8883`])
    expect(shown.running?.services.map(({ name, state }) => `${name} ${state}`)).toContain('mosquitto active')
    const pub = (args: string) =>
      node.run(`edgekit pub ${args} -u app --password-file /root/app`, { timeoutMs: minutes })
    const sent = await pub(`device/x/command 'on \u001b[31m' --retain --url mqtts://${address}`)
    expect(sent.exitCode, sent.stderr).toBe(exitCodes.ok)
    const heard = await node.run("edgekit sub -v 'device/#' --count 1 --time 20s", { timeoutMs: minutes })
    expect(heard.stdout).toBe('device/x/command on \\u001b[31m')
    expect((await pub('device/x/status on')).stderr).toContain('does not allow publishing on device/x/status')
    const restarted = await node.run('edgekit restart', { timeoutMs: 2 * minutes })
    expect(restarted.stdout, restarted.stderr).toBe('The broker and EdgeCore have restarted and work.')
    const log = (await node.run('edgekit logs broker --since 10m')).stdout
    expect(log).toContain(' as hub-client-sub-')
    expect(log).not.toContain(' as edgekit-')

    // A new certificate of the same CA: the broker is the same process, and a client stays connected.
    const broker = await brokerProcess(node)
    const renewed = await tls(node, 'renew')
    expect(renewed.exitCode, renewed.stderr).toBe(exitCodes.ok)
    expect(renewed.stderr).toContain('Reload the broker')
    expect(await brokerProcess(node)).toBe(broker)
    const second = await status(node)
    expect(second.ca).toEqual(first.ca)
    expect(second.server.fingerprint).not.toBe(first.server.fingerprint)
    expect((await publish(node, '/root/old-ca.crt')).exitCode).toBe(0)

    // A new CA: devices get it first.
    expect((await tls(node, 'renew --ca --yes')).stderr).toContain('nothing was changed: there is no new CA')
    expect((await tls(node, 'init --key rsa-2048')).stdout).toContain(paths.brokerNextCa)
    await node.sh(`cp ${paths.brokerNextCa} /root/new-ca.crt`)
    expect((await publish(node, '/root/old-ca.crt')).exitCode).toBe(0)
    expect((await publish(node, '/root/new-ca.crt')).exitCode).not.toBe(0)
    expect((await tls(node, 'renew --ca')).stderr).toContain(
      'Devices that do not have the new CA can no longer',
    )
    const switched = await tls(node, 'renew --ca --yes')
    expect(switched.exitCode, switched.stderr).toBe(exitCodes.ok)
    expect((await publish(node, '/root/new-ca.crt')).exitCode).toBe(0)
    expect((await publish(node, '/root/old-ca.crt')).exitCode).not.toBe(0)
    expect(await status(node)).toMatchObject({
      ca: { key: 'RSA-2048' },
      server: { key: 'RSA-2048' },
      nextCa: null,
    })
    expect((await node.run('edgekit status')).stdout).toContain('Nothing has changed since.')

    // Killed between the key and its certificate: the broker starts with a pair that matches, old or new, nothing else touches
    // them, and each way to continue leads to a broker that works.
    const own = `import --certificate ${paths.brokerCertificate} --key ${paths.brokerKey} --ca ${paths.brokerCa}`
    const others = ['tls init', `tls ${own}`, 'configure --websockets', 'user add other --role device']
    for (const [cut, next] of [
      ['after link', 'edgekit broker tls renew'],
      ['after rename', `cd ${bundleOnNode} && ./edgekit install`],
      ['after rename', 'edgekit rollback'],
    ] as const) {
      const before = await status(node)
      const env = { LAB_CUT_ID: paths.brokerKey, LAB_CUT: cut }
      const killed = await node.run(`${crashingEdgekit} broker tls renew; exit $?`, {
        env,
        timeoutMs: minutes,
      })
      expect(killed.exitCode, killed.stderr).toBe(137)
      await node.sh('systemctl restart mosquitto', { timeoutMs: minutes })
      expect((await publish(node, '/root/new-ca.crt')).exitCode).toBe(0)
      for (const refused of cut === 'after link' ? others : [])
        expect((await node.run(`edgekit broker ${refused}`, { timeoutMs: minutes })).stderr).toContain(
          'interrupted',
        )
      expect((await node.run('edgekit doctor', { timeoutMs: minutes })).stdout).toMatch(
        /FAIL +No interrupted install or uninstall/,
      )
      await node.sh(next, { timeoutMs: 2 * minutes })
      const after = (await status(node)).server.fingerprint
      if (next === 'edgekit rollback') expect(after).toBe(before.server.fingerprint)
      else expect(after).not.toBe(before.server.fingerprint)
      expect((await publish(node, '/root/new-ca.crt')).exitCode).toBe(0)
      expect(await node.sh(`ls -A ${paths.brokerTls}`)).not.toContain('edgekit')
      expect((await node.run('edgekit status')).stdout).toContain('Nothing has changed since.')
    }

    // Killed in the trial.
    const kill = `edgekit broker tls renew & until grep -q '"kind":"broker-trial"' ${paths.journal} 2>/dev/null; do sleep 0.05; done; kill -9 $!; wait`
    const finished = await status(node)
    await node.run(kill, { timeoutMs: minutes })
    await node.sh('edgekit rollback', { timeoutMs: 2 * minutes })
    expect(await status(node)).toEqual(finished)
    expect((await publish(node, '/root/new-ca.crt')).exitCode).toBe(0)

    // The files of before, as if another CA had issued them.
    const wrong = await tls(
      node,
      'import --certificate /root/first/server.crt --key /root/first/server.key --ca /root/new-ca.crt',
    )
    expect(wrong.stderr).toContain('nothing was changed: cannot use the certificate: no CA in')
    const imported = await tls(
      node,
      'import --certificate /root/first/server.crt --key /root/first/server.key --ca /root/old-ca.crt',
    )
    expect(imported.exitCode, imported.stderr).toBe(exitCodes.ok)
    expect((await status(node)).source).toBe('imported')
    expect((await publish(node, '/root/old-ca.crt')).exitCode).toBe(0)
    expect((await tls(node, 'renew')).stderr).toContain('another CA issued the server certificate')

    // An install keeps them, and WebSockets show the same certificate; a new one needs a restart there.
    await install(node, '--broker-websockets')
    expect(await openPorts(node)).toBe('8883 9001')
    expect((await status(node)).server.fingerprint).toBe(first.server.fingerprint)
    await node.sh('edgekit broker tls init')
    const last = await tls(node, 'renew --ca --yes')
    expect(last.exitCode, last.stderr).toBe(exitCodes.ok)
    expect(last.stderr).toContain('Restart mosquitto.service')
    const { stdout } = await node.run('edgekit doctor', { timeoutMs: minutes })
    expect(stdout).toContain('This node works')
  },
  20 * minutes,
)
