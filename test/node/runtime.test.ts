import { beforeAll, expect, test } from 'vitest'
import {
  removeContainerd,
  runtimeLayer,
  startNodeWithRuntimeBundle,
} from '../../lab/bundles/runtime-bundle.ts'
import { install } from '../../lab/machine/installed.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'

const minutes = 60_000

beforeAll(async () => {
  for (const release of releases) await runtimeLayer(release)
}, 10 * minutes)

test.concurrent.each([
  ['bookworm', '3.6'],
  ['trixie', '3.8'],
] as const)(
  '%s without a container runtime gets that of the bundle, wholly or not at all',
  async (release, pause) => {
    await using node = await startNodeWithRuntimeBundle({ release, certificates: true })
    await node.sh(removeContainerd)

    const broken = '/etc/systemd/system/mosquitto.service.d/50-broken.conf'
    await node.sh('mkdir -p /etc/systemd/system/mosquitto.service.d')
    await node.write(broken, '[Service]\nExecStartPre=/bin/false\n')
    const rest = 'ls -A /var/lib/containerd /run/containerd 2>/dev/null; pgrep -a containerd'
    const untouched = [await snapshot(node), await node.run(rest)]
    const failed = await node.run(install, { timeoutMs: 2 * minutes })
    expect(failed.stderr).toContain('Wait for containerd')
    expect(failed.stderr).toContain('install failed; all changes were rolled back')
    expect(failed.exitCode).toBe(exitCodes.rolledBack)
    expect([await snapshot(node), await node.run(rest)]).toEqual(untouched)
    await node.sh(`rm -r ${broken.replace(/\/[^/]*$/, '')}`)

    const first = await node.run(install, { timeoutMs: 2 * minutes })
    expect(first.stdout).toContain('This node works.')
    expect(first.exitCode).toBe(exitCodes.ok)
    expect(await node.sh('systemctl is-active containerd mosquitto edgecore; command -v ctr runc')).toBe(
      'active\nactive\nactive\n/usr/local/bin/ctr\n/usr/local/sbin/runc',
    )
    const verified = await node.run('systemd-analyze verify containerd.service')
    expect(verified).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    // The configuration as containerd reads it, not the file.
    const config = await node.sh('containerd config dump')
    expect(config).toContain(`sandbox_image = "registry.k8s.io/pause:${pause}"`)
    expect(config).toContain('SystemdCgroup = false')
    expect(await node.sh('ls /opt/cni/bin')).toBe('bridge\nhost-local\nloopback')
    expect(await node.sh('ls /opt')).toBe('cni\nedgekit')

    // The broker writes its database every minute.
    const withoutData = async () => (await snapshot(node)).filter(line => !line.includes('/mosquitto.db'))
    const installed = await withoutData()
    expect((await node.run(install)).stdout).toContain('Nothing to do')
    expect(await withoutData()).toEqual(installed)

    // A stopped containerd of ours is started again, not treated as foreign.
    await node.sh('systemctl stop containerd')
    const again = await node.run(install, { timeoutMs: minutes })
    expect(again.exitCode, again.stdout).toBe(exitCodes.ok)
    // The broker's unit wants it too and may be restarting it.
    await node.sh('until systemctl --quiet is-active containerd; do sleep 0.2; done', { timeoutMs: minutes })
  },
  5 * minutes,
)

test.concurrent(
  'cgroups follow edgecore.yaml, and an existing runc is not shadowed',
  async () => {
    await using node = await startNodeWithRuntimeBundle({ release: 'trixie', certificates: true })
    await node.sh('dpkg --purge containerd && rm -rf /var/lib/containerd/* /run/containerd')
    const driver = 'modules:\n  edged:\n    tailoredKubeletConfig:\n      cgroupDriver: systemd\n'
    await node.write(paths.edgecoreConfig, `${driver}    hostnameOverride: ${node.name}\n`, 0o600)
    const { exitCode, stdout } = await node.run(install, { timeoutMs: 2 * minutes })
    expect(stdout).toContain('This node works.')
    expect(exitCode).toBe(exitCodes.ok)
    expect(await node.sh('containerd config dump')).toContain('SystemdCgroup = true')
    expect(await node.sh('command -v runc')).toBe('/usr/sbin/runc')
    expect((await node.run(install)).stdout).toContain('Nothing to do')
  },
  5 * minutes,
)

test.concurrent(
  'a node keeps its own containerd, even a stopped one',
  async () => {
    await using node = await startNodeWithRuntimeBundle({ release: 'bookworm', certificates: true })
    await node.sh('systemctl stop containerd')
    const before = await snapshot(node)
    const refused = await node.run(install)
    expect(refused.exitCode).toBe(exitCodes.refused)
    expect(refused.stdout).toMatch(/FAIL\s+containerd responds/)
    expect(await snapshot(node)).toEqual(before)
    await node.sh('systemctl start containerd')
    expect((await node.run(install, { timeoutMs: 2 * minutes })).exitCode).toBe(exitCodes.ok)
    expect(await node.sh('command -v ctr; ls /usr/local/bin')).toBe('/usr/bin/ctr\nedgecore\nedgekit\nkeadm')
    expect(await node.run(`test -e ${paths.containerdUnit}`)).toMatchObject({ exitCode: 1 })
  },
  5 * minutes,
)
