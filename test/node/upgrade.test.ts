import { beforeAll, expect, test } from 'vitest'
import {
  brokenLayer,
  brokenOnNode,
  newerLayer,
  newerOnNode,
  nextLayer,
  nextOnNode,
} from '../../lab/bundles/next-bundle.ts'
import type { Cut } from '../../lab/crash/cut.ts'
import { crashingEdgekit, crashLayer } from '../../lab/crash/executable.ts'
import {
  bundleOnNode,
  install,
  startInstalledNode,
  startNodeWithBundle,
} from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths, units } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

const minutes = 60_000

let layers: string[]
beforeAll(async () => {
  layers = [await nextLayer(), await brokenLayer()]
}, 10 * minutes)

const upgradeTo = (node: LabNode, bundle: string, flags = '') =>
  node.run(`edgekit upgrade ${bundle} --yes --stable-for 8s ${flags}`, { timeoutMs: 3 * minutes })

/** Without modification times, which cannot be restored to the nanosecond, and without broker data. */
const timeless = async (node: LabNode): Promise<string[]> =>
  (await snapshot(node))
    .filter(line => !line.startsWith(`${paths.brokerData}/`))
    .map(line => line.replaceAll(/\d{10}\.\d{10}/g, 'T'))

test.concurrent.each(releases)(
  '%s: an EdgeCore that does not stay up is replaced by the old one; a good one stays, with what the user has changed',
  async release => {
    await using node = await startInstalledNode(release, 'edge', layers)
    const inBroker = (command: string) =>
      node.sh(`ctr -n k8s.io tasks exec --exec-id t$RANDOM mosquitto ${command}`)
    await inBroker('mosquitto_pub -t sensor/room1 -m kept -r -q 1')
    await node.sh('edgekit edgecore patch --set modules.metaManager.metaServer.enable=true')
    await node.sh(`sed -i 's/127.0.0.1:1884/127.0.0.1:1999/' ${paths.edgecoreConfig}`)
    await node.sh(`echo '# mine' >>${paths.brokerConfig}`)
    const before = await timeless(node)

    const preview = await upgradeTo(node, brokenOnNode, '--dry-run')
    expect(preview.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Note: MetaServer will have empty lists after the change from v1.22.0 to v1.23.0 until the cloud sends its objects again, and the cloud is not connected now.',
    )
    const broken = await upgradeTo(node, brokenOnNode)
    expect(broken.stderr).toContain('EdgeCore ran before but does not stay up now')
    expect(broken.stderr).toContain('is running again')
    expect(broken.exitCode).toBe(exitCodes.rolledBack)
    expect(await timeless(node)).toEqual(before)
    expect(await node.sh('systemctl is-active mosquitto edgecore')).toBe('active\nactive')
    expect((await node.run('edgekit status')).stdout).toContain('kubeedge-edge v1.22.0')

    const next = await upgradeTo(node, nextOnNode)
    const said = next.stdout.replaceAll(/\s+/g, ' ')
    expect(said).toContain(`the new version is in ${paths.brokerConfig}.edgekit-new`)
    expect(said).toContain(
      'mqttServerInternal in /etc/kubeedge/config/edgecore.yaml keeps your value "tcp://127.0.0.1:1999"',
    )
    expect(next.stderr).toContain('Wait until EdgeCore has been up for 8 s')
    expect([exitCodes.ok, exitCodes.checklistFailed]).toContain(next.exitCode)
    expect(await node.sh(`cat ${paths.edgecoreConfig}`)).toContain('tcp://127.0.0.1:1999')
    expect(await node.sh(`tail -n 1 ${paths.brokerConfig} ${paths.brokerConfig}.edgekit-new`)).toMatch(
      /# mine[\s\S]*# New in this version/,
    )
    expect(
      await node.sh(`cmp ${paths.edgecore} ${nextOnNode}/bin/edgecore; systemctl is-active edgecore`),
    ).toBe('active')
    expect(await inBroker('mosquitto_sub -t sensor/room1 -C 1 -W 5')).toBe('kept')
    const images = (await node.sh('ctr -n k8s.io images ls -q')).split('\n')
    // Images of the previous bundle stay for a way back.
    expect(images.filter(name => name.includes('pause:'))).toEqual([
      'registry.k8s.io/pause:3.10',
      'registry.k8s.io/pause:3.6',
      'registry.k8s.io/pause:3.8',
    ])
    expect(await node.sh(`ls ${paths.images}`)).toBe(
      'eclipse-mosquitto-2.0.tar\npause-3.10.tar\npause-3.6.tar\npause-3.8.tar',
    )

    const again = await upgradeTo(node, nextOnNode)
    expect(again.stdout).toContain('Nothing to do')
    const back = await node.run(install)
    expect(back.stderr.replaceAll(/\s+/g, ' ')).toContain('cannot downgrade KubeEdge')
    expect(back.exitCode).toBe(exitCodes.refused)
  },
  6 * minutes,
)

test(
  'killed while replacing a program: a rollback runs the old one, a retry the new one',
  async () => {
    await using node = await startInstalledNode('bookworm', 'edge', [...layers, await crashLayer()])
    const killedAt = async (id: string, cut: Cut) => {
      const command = `${crashingEdgekit} upgrade ${nextOnNode} --yes --stable-for 2s; exit $?`
      const env = { LAB_CUT_ID: id, LAB_CUT: cut }
      expect((await node.run(command, { env, timeoutMs: 3 * minutes })).exitCode).toBe(137)
    }
    const isActive = () => node.sh('systemctl is-active mosquitto edgecore')
    const before = await timeless(node)

    await killedAt(paths.edgecore, 'in the middle')
    // Its database was copied before, for which it must not run.
    expect(await isActive()).toBe('active\ninactive')
    await killedAt(units.edgecore, 'after change')
    const rollback = await node.run('edgekit rollback', { timeoutMs: 3 * minutes })
    expect(rollback.exitCode).toBe(exitCodes.ok)
    expect(besidesProgress(rollback.stderr)).toBe('')
    expect(await timeless(node)).toEqual(before)
    expect(await isActive()).toBe('active\nactive')

    await killedAt(paths.edgecore, 'after done')
    const finished = await upgradeTo(node, nextOnNode, '--json')
    expect(jsonOutput('install', finished.stdout).done).toContainEqual(expect.stringContaining('edgecore'))
    expect(await node.sh(`cmp ${paths.edgecore} ${nextOnNode}/bin/edgecore`)).toBe('')
    expect(await isActive()).toBe('active\nactive')
  },
  6 * minutes,
)

test(
  'a node born with v1.23 returns to v1.22 when it is asked to, although v1.22 cannot start with what v1.23 writes',
  async () => {
    const started = { release: 'bookworm', certificates: true } as const
    await using node = await startNodeWithBundle(started, 'edge', [await newerLayer()])
    const socket = () => node.sh(`grep -o 'dmiSockPath: .*' ${paths.edgecoreConfig}`)
    const said = (output: string) => output.replaceAll(/\s+/g, ' ')
    await node.sh(`cd ${newerOnNode} && ./edgekit install`, { timeoutMs: 3 * minutes })
    expect(await socket()).toBe('dmiSockPath: /etc/kubeedge/')

    const refused = await upgradeTo(node, bundleOnNode)
    expect(refused.exitCode).toBe(exitCodes.refused)
    expect(said(refused.stderr)).toMatch(
      /cannot downgrade KubeEdge from v1\.23\.0 to v1\.22\.0.*--allow-downgrade/,
    )

    // As the real one: without another socket it exits, is named, and the newer one runs again.
    const directory = '--allow-downgrade --set modules.deviceTwin.dmiSockPath=/etc/kubeedge/'
    const failed = await upgradeTo(node, bundleOnNode, directory)
    expect(failed.exitCode, failed.stderr).toBe(exitCodes.rolledBack)
    expect(said(failed.stderr)).toContain('DeviceTwin cannot replace its socket')
    expect(await node.sh('systemctl is-active edgecore; edgekit status')).toMatch(/^active\n[\s\S]*v1\.23\.0/)

    const back = await upgradeTo(node, bundleOnNode, '--allow-downgrade')
    expect(back.exitCode, back.stderr).toBe(exitCodes.ok)
    expect(await socket()).toBe('dmiSockPath: /etc/kubeedge/dmi.sock')
    const log = await node.sh('journalctl -u edgecore -o cat --no-pager | grep -o "Version: .*" | tail -n 1')
    expect(log).toBe('Version: v1.22.0-stand-in')
    expect((await node.run('edgekit doctor', { timeoutMs: minutes })).exitCode).toBe(exitCodes.ok)
  },
  6 * minutes,
)
