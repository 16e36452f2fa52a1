import { expect, test } from 'vitest'
import {
  bundleOnNode,
  install,
  startInstalledNode,
  startNodeWithBundle,
} from '../../lab/machine/installed.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { jsonOutput } from '../json-output.ts'

const minutes = 60_000
const uninstall = 'edgekit uninstall --yes'

test.concurrent.each(releases)(
  '%s: after install and uninstall --purge the node is as before',
  async release => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const untouched = await snapshot(node)
    await node.sh(install, { timeoutMs: 2 * minutes })
    const status = await node.run('edgekit status')
    expect(status.stdout).toContain('Nothing has changed since.')
    expect(status.exitCode).toBe(exitCodes.ok)
    const { exitCode, stdout, stderr } = await node.run(`${uninstall} --purge`, { timeoutMs: minutes })
    expect(stderr).not.toContain('edgekit: ')
    expect(stdout).toContain('kubeedge-edge v1.22.0 was uninstalled.')
    expect(stdout).not.toContain('Kept:')
    expect(exitCode).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(untouched)
    expect(
      await node.run('systemctl is-active mosquitto edgecore; systemctl --failed --no-legend'),
    ).toMatchObject({ stdout: 'inactive\ninactive' })
  },
  3 * minutes,
)

test.concurrent(
  'keeps and lists what was changed since and what others use',
  async () => {
    await using node = await startInstalledNode('bookworm')
    expect((await node.run('edgekit uninstall')).exitCode).toBe(exitCodes.usage)
    await node.sh(`echo '# mine' >>${paths.brokerConfig}; rm ${paths.keadm}`)
    await node.sh('mkdir /etc/edgekit/trusted-keys; echo key >/etc/edgekit/trusted-keys/mine.pem')
    await node.sh('ctr -n k8s.io run --detach --net-host registry.k8s.io/pause:3.8 other')
    const mine = await node.sh(`cat ${paths.brokerConfig}`)
    const status = await node.run('edgekit status --json')
    expect(jsonOutput('status', status.stdout)).toMatchObject({
      installed: { bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: hostArch() } },
      interrupted: null,
      differences: [
        { what: paths.brokerConfig, how: 'has been changed' },
        { what: paths.keadm, how: 'is gone' },
      ],
    })
    expect(status.exitCode).toBe(exitCodes.refused)

    const { exitCode, stdout } = await node.run(uninstall, { timeoutMs: minutes })
    expect(exitCode).toBe(exitCodes.ok)
    const said = stdout.replaceAll(/\s+/g, ' ')
    expect(said).toContain(`${paths.brokerConfig}: changed since edgekit wrote it`)
    expect(said).toContain('/etc/edgekit/trusted-keys: the keys that this node trusts')
    expect(said).toContain('registry.k8s.io/pause:3.8: used by containers other; no longer pinned')
    expect(said).toContain(`${paths.brokerData}: broker data`)
    expect(said).toContain('run in an unpacked bundle: sudo ./edgekit uninstall --purge')
    expect(await node.sh(`cat ${paths.brokerConfig}`)).toBe(mine)
    expect(await node.sh('ctr -n k8s.io tasks ls')).toMatch(/other .* RUNNING/)
    expect(await node.sh('ctr -n k8s.io images ls')).not.toMatch(/mosquitto|pause:3\.6|pinned=pinned/)
    const rest = await node.sh(
      'find /etc/edgekit /opt /var/lib/edgekit /usr/local/bin /etc/systemd/system -newer /etc/machine-id -not -type d',
    )
    expect(rest.split('\n').toSorted()).toEqual([
      '/etc/edgekit/mosquitto/mosquitto.conf',
      '/etc/edgekit/trusted-keys/mine.pem',
      paths.leftovers,
      '/var/lib/edgekit/mosquitto/mosquitto.db',
    ])
    // EdgeCore has rewritten it, which is no change of the user's.
    expect(said).not.toContain(paths.edgecoreConfig)
    expect((await node.run(`ls ${paths.edgecoreConfig}`)).stdout).toBe('')
    const purged = await node.run(`${bundleOnNode}/edgekit uninstall --yes --purge --strict`)
    expect(purged.stdout).toContain('What an earlier uninstall had kept was removed.')
    expect(purged.stdout).toContain('/etc/edgekit/trusted-keys: the keys that this node trusts')
    expect(purged.exitCode).toBe(exitCodes.itemsKept)
    expect((await node.run('find /etc/edgekit /var/lib/edgekit /opt/edgekit -type f')).stdout).toBe(
      '/etc/edgekit/trusted-keys/mine.pem',
    )
  },
  3 * minutes,
)

test.concurrent(
  "keeps a user's edits of edgecore.yaml after a second install",
  async () => {
    await using node = await startInstalledNode('trixie')
    await node.sh(
      `sed -i 's/heartbeat: .*/heartbeat: 33/; s/mqttMode: 2/mqttMode: 0/' ${paths.edgecoreConfig}`,
    )
    await node.sh(install, { timeoutMs: 2 * minutes })
    const config = await node.sh(`cat ${paths.edgecoreConfig}`)
    expect(config).toMatch(/heartbeat: 33[\s\S]*mqttMode: 2/)
    const { exitCode, stdout } = await node.run(uninstall, { timeoutMs: minutes })
    expect(stdout).toContain(`${paths.edgecoreConfig}: changed since edgekit wrote it`)
    expect(exitCode).toBe(exitCodes.ok)
    expect(await node.sh(`cat ${paths.edgecoreConfig}`)).toBe(config)
    const again = await node.run(`${bundleOnNode}/edgekit uninstall --yes --strict`)
    expect(again.stdout).toContain(`${paths.edgecoreConfig}: changed since edgekit wrote it`)
    expect(again.exitCode).toBe(exitCodes.itemsKept)
  },
  3 * minutes,
)

test.concurrent(
  'without containerd removes everything else, and what is in containerd the next time',
  async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm', certificates: true })
    const untouched = await snapshot(node)
    await node.sh(install, { timeoutMs: 2 * minutes })
    await node.sh('systemctl stop containerd; systemctl mask --runtime containerd')
    const first = await node.run(`${uninstall} --purge`, { timeoutMs: 2 * minutes })
    const said = first.stdout.replaceAll(/\s+/g, ' ')
    expect(said).toContain('except for the items below')
    expect(said).toContain(
      'mosquitto.service: cannot remove the broker container: containerd does not answer',
    )
    expect(said).toContain('docker.io/library/eclipse-mosquitto:2.0: containerd does not answer')
    expect(first.exitCode).toBe(exitCodes.itemsKept)
    expect((await node.run(`ls ${paths.brokerUnit} ${paths.edgecore}`)).stdout).toBe('')
    await node.sh('systemctl unmask --runtime containerd; systemctl start containerd')
    const { exitCode, stdout } = await node.run(uninstall, { timeoutMs: minutes })
    expect(stdout).toContain('kubeedge-edge v1.22.0 was uninstalled.')
    expect(exitCode).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(untouched)
  },
  4 * minutes,
)

test.concurrent(
  'is finished by running it again after a kill, and restores what edgekit changed',
  async () => {
    await using node = await startNodeWithBundle({ release: 'trixie', certificates: true })
    const config = `modules:\n  edged:\n    hostnameOverride: ${node.name}\n  eventBus:\n    mqttMode: 0\n`
    await node.write(
      '/etc/systemd/system/edgecore.service',
      '[Service]\nExecStart=/usr/local/bin/edgecore\n[Install]\nWantedBy=multi-user.target\n',
    )
    await node.write(paths.edgecoreConfig, config, 0o600)
    await node.sh(
      `cp ${bundleOnNode}/bin/edgecore ${paths.edgecore}; systemctl daemon-reload; systemctl enable --now edgecore`,
    )
    // EdgeCore rewrites its configuration at its first start.
    await node.sh(`until grep -q edgecoreVersion ${paths.edgecoreConfig}; do sleep 0.1; done`)
    // Times cannot be restored to the nanosecond.
    await node.sh(`touch -d 2026-01-01 ${paths.edgecoreConfig}`)
    const before = await snapshot(node)
    await node.sh(install, { timeoutMs: 2 * minutes })

    const killed = await node.run(
      `${uninstall} --purge 2>/var/tmp/out & pid=$!
     until grep -q 'Stop mosquitto.service' /var/tmp/out; do sleep 0.05; done
     kill -9 $pid; wait $pid`,
      { timeoutMs: minutes },
    )
    expect(killed.exitCode).toBe(137)
    expect(await node.run(`test -e ${paths.edgecoreDropIn}`)).toMatchObject({ exitCode: 1 })
    const status = await node.run('edgekit status --json')
    expect(jsonOutput('status', status.stdout)).toMatchObject({ interrupted: { command: 'uninstall' } })
    expect(status.exitCode).toBe(exitCodes.incomplete)
    const rollback = await node.run('edgekit rollback')
    expect(rollback.stderr.replaceAll(/\s+/g, ' ')).toContain('cannot roll back an uninstall')
    expect(rollback.exitCode).toBe(exitCodes.refused)
    // Someone removes it by hand.
    await node.sh(`rm -rf ${paths.brokerUnit} ${paths.images}`)

    const { exitCode, stdout } = await node.run(`${uninstall} --purge --json`, { timeoutMs: minutes })
    expect(jsonOutput('uninstall', stdout)).toMatchObject({ bundle: { name: 'kubeedge-edge' }, kept: [] })
    expect(exitCode).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(before)
    expect(await node.sh('systemctl is-active edgecore')).toBe('active')
  },
  3 * minutes,
)
