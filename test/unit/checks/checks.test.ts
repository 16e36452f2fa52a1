import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../../src/checks/check.ts'
import { checks, checksFor } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import type { Facts } from '../../../src/facts/index.ts'
import { cloudMachine, healthy, holder, manifest, unit } from './healthy.ts'

type Healthy = ReturnType<typeof healthy>

const statusOf = (id: string, facts: Facts): CheckResult['status'] | undefined =>
  runChecks(checks, facts).find(result => result.id === id)?.status

test('every check passes on a healthy node', () => {
  const results = runChecks(checks, healthy())
  expect(results.filter(({ status }) => status !== 'pass')).toEqual([])
})

test('on a cloud machine the broker and EdgeCore are not looked for, and nothing is blocked by that', () => {
  const results = runChecks(checks, cloudMachine())
  expect(results.filter(({ status }) => status !== 'skip').map(({ id, status }) => [id, status])).toEqual([
    ['running-as-root', 'pass'],
    ['kernel', 'pass'],
    ['architecture', 'pass'],
    ['disk-space', 'pass'],
    ['inodes', 'pass'],
    ['directories-writable', 'pass'],
    ['programs-can-run', 'pass'],
    ['clock', 'pass'],
    ['containerd-answers', 'pass'],
    ['containerd-version', 'pass'],
    ['ctr-flags', 'pass'],
    ['runc-runs', 'pass'],
    ['cri-plugin', 'pass'],
    ['bundle-images', 'pass'],
    ['image-content', 'pass'],
    ['install-finished', 'pass'],
    ['files-installed', 'pass'],
    ['image-archives', 'pass'],
  ])
  expect(results.filter(({ blockedBy }) => blockedBy)).toEqual([])
})

describe('what was asked for when the node was installed', () => {
  const stopped = (wanted: Healthy['installedSettings']['value']): CheckResult[] => {
    const facts = healthy()
    facts.installedSettings.value = wanted
    facts.units.value.edgecore = unit('edgecore.service', { active: 'inactive', sub: 'dead' })
    facts.edgecoreLog.value.eventBus = 'unknown'
    return runChecks(checks, facts)
  }
  const idsOf = (group: string) => checks.filter(check => check.group === group).map(({ id }) => id)
  const skipped = (results: readonly CheckResult[]) =>
    results.filter(({ status }) => status === 'skip').map(({ id }) => id)

  test('an EdgeCore that is to run is missed', () => {
    expect(
      stopped({ edgecore: 'running', adopt: false }).find(({ id }) => id === 'edgecore-active')?.status,
    ).toBe('fail')
  })

  test('a prepared one need not run; its configuration is looked at', () => {
    const results = stopped({ edgecore: 'staged', adopt: false })
    expect(skipped(results)).toEqual([
      'edgecore-active',
      'edgecore-config-loaded',
      'edgecore-health',
      ...idsOf('mqtt-path'),
    ])
    expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('where there is to be the broker only, nothing of it is looked at', () => {
    const results = stopped({ edgecore: 'none', adopt: false })
    const needed = [
      'node-name',
      'default-route',
      'no-kubelet',
      'edgecore-ports',
      'cri-plugin',
      'cgroup-driver',
    ]
    expect(skipped(results)).toEqual([
      ...[...needed, 'sandbox-image', 'cni-config'],
      ...idsOf('edgecore'),
      ...idsOf('mqtt-path'),
      'edgecore-config-drift',
    ])
    expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  })

  test('one that somebody has started all the same is looked at', () => {
    const facts = healthy()
    facts.installedSettings.value = { edgecore: 'staged', adopt: false }
    expect(skipped(runChecks(checks, facts))).toEqual([])
  })

  test('what is adopted may be of somebody else', () => {
    const facts = healthy()
    facts.installedSettings.value = { edgecore: 'running', adopt: true }
    facts.units.value.broker = unit('mosquitto.service', { ours: false })
    expect(skipped(runChecks(checks, facts))).toEqual(['foreign-units', 'broker-port'])
  })
})

const pause = {
  ...manifest.images[0],
  reference: 'registry.k8s.io/pause:3.10',
} as (typeof manifest.images)[0]
const withPause = { ...manifest, images: [...manifest.images, pause] }
const layer = { digest: `sha256:${'1'.repeat(64)}`, size: 1_000_000, unpackedSize: 2_000_000 }
/** 1 MB of files, of which the archive of its only image is most, and that image: 4 MB in all. */
const bigBundle = {
  ...manifest,
  disk: 4_000_000,
  files: [
    { path: 'images/eclipse-mosquitto-2.0.tar', size: 999_900, mode: 0o644, sha256: '0'.repeat(64) },
    { path: 'bin/edgekit', size: 100, mode: 0o755, sha256: '0'.repeat(64) },
  ],
  images: manifest.images.map(image => ({ ...image, layers: [layer] })),
}
const k3s = '/run/k3s/containerd/containerd.sock'
/** Of the broker in containerd. */
const nothingLeft = (node: Healthy) =>
  Object.assign(node.containerd.value, { tasks: [], containers: [], snapshots: [] })
const issuedFor = (node: Healthy, name: string) =>
  Object.assign(node.certificates.value.node ?? {}, { subject: `O=system:nodes, CN=${name}` })
const image = (node: Healthy) => node.containerd.value.images[0]
const stranger = holder({ pid: 7, program: 'nc', controlGroup: '/system.slice/other.service' })

const table: [id: string, status: CheckResult['status'], what: string, breakIt: (node: Healthy) => void][] = [
  ['running-as-root', 'error', 'an ordinary user', node => (node.machine.value.isRoot = false)],
  ['architecture', 'fail', 'another architecture', node => (node.machine.value.arch = 'arm64')],
  ['architecture', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  ['systemd-is-init', 'fail', 'no systemd', node => (node.machine.value.systemdIsInit = false)],
  ...(
    [
      ['Edge-1', 'pass'],
      ['edge-1.plant.example', 'pass'],
      ['1', 'pass'],
      ['a'.repeat(63), 'pass'],
      ['a'.repeat(64), 'fail'],
      [`${'a'.repeat(63)}.`.repeat(4).slice(0, 253), 'pass'],
      [`${'a'.repeat(63)}.`.repeat(4).slice(0, 254), 'fail'],
      ['edge_1', 'fail'],
      ['-edge', 'fail'],
      ['edge-', 'fail'],
      ['edge..1', 'fail'],
      ['edge 1', 'fail'],
      ['edge-1\n', 'fail'],
      ['kante-ä', 'fail'],
      ['localhost', 'fail'],
      ['LocalHost', 'fail'],
      ['', 'fail'],
    ] as const
  ).map(([name, status]): (typeof table)[number] => [
    'node-name',
    status,
    `"${name}"`,
    node => {
      node.machine.value.hostName = name
      node.certificates.value.node = undefined
    },
  ]),
  ['network-files', 'fail', 'no hosts file', node => (node.machine.value.networkFiles['/etc/hosts'] = false)],
  [
    'network-files',
    'fail',
    'no resolv.conf',
    node => (node.machine.value.networkFiles['/etc/resolv.conf'] = false),
  ],
  ['foreign-units', 'fail', "the distribution's broker", node => (node.units.value.broker.ours = false)],
  ...(
    [
      ['pass', '/usr/local/bin/edgecore'],
      ['pass', '/usr/local/bin/edgecore --config /srv/edgecore.yaml'],
      ['pass', '/opt/kubeedge/edgecore'],
      ['fail', '/usr/bin/sleep infinity'],
      ['fail', '/usr/local/bin/edgecore-wrapper'],
      ['fail', '/usr/local/bin/not-edgecore'],
      ['fail', ''],
    ] as const
  ).map(([status, execStart]): (typeof table)[number] => [
    'foreign-units',
    status,
    `an edgecore.service of another that starts "${execStart}"`,
    node => (node.units.value.edgecore = unit('edgecore.service', { ours: false, execStart })),
  ]),
  [
    'foreign-units',
    'fail',
    'a broker of another that starts EdgeCore',
    node =>
      (node.units.value.broker = unit('mosquitto.service', {
        ours: false,
        execStart: '/usr/local/bin/edgecore',
      })),
  ],
  [
    'foreign-units',
    'skip',
    'a masked edgecore.service',
    node => (node.units.value.edgecore = unit('edgecore.service', { load: 'masked', ours: false })),
  ],
  [
    'foreign-units',
    'pass',
    'no units',
    node => {
      node.units.value.broker = unit('mosquitto.service', { load: 'not-found', ours: false })
      node.units.value.edgecore = unit('edgecore.service', { load: 'not-found', ours: false })
    },
  ],
  ['containerd-answers', 'fail', 'containerd down', node => (node.containerd.value.answers = false)],
  ['containerd-answers', 'fail', "only k3s' containerd", node => (node.containerd.value.socket = k3s)],
  [
    'broker-port',
    'fail',
    'held by another',
    node => (node.listeners.value[0] = { address: '0.0.0.0', port: 1883, owner: stranger }),
  ],
  [
    'broker-port',
    'fail',
    'held by nobody knows whom',
    node => (node.listeners.value[0] = { address: '::', port: 1883, owner: undefined }),
  ],
  ['broker-port', 'pass', 'free', node => (node.listeners.value = [])],
  ['bundle-images', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  [
    'bundle-images',
    'pass',
    "no image but the broker's is expected",
    node => (node.containerd.value.images = []),
  ],
  ['bundle-images', 'fail', 'no pause image', node => (node.bundle.value = withPause)],
  ['broker-image', 'fail', 'no image', node => (node.containerd.value.images = [])],
  [
    'broker-image',
    'fail',
    'another digest',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  ['broker-image', 'fail', 'incomplete', node => Object.assign(image(node) ?? {}, { complete: false })],
  ['broker-image', 'fail', 'not unpacked', node => Object.assign(image(node) ?? {}, { unpacked: false })],
  ['broker-image', 'warn', 'not pinned', node => Object.assign(image(node) ?? {}, { pinned: false })],
  ['broker-image', 'skip', 'nothing installed', node => (node.bundle.value = undefined)],
  [
    'broker-active',
    'fail',
    'failed',
    node => {
      nothingLeft(node)
      node.units.value.broker.active = 'failed'
    },
  ],
  ['broker-active', 'fail', 'restarting', node => (node.units.value.broker.active = 'activating')],
  [
    'broker-active',
    'fail',
    'no unit',
    node => {
      nothingLeft(node)
      node.units.value.broker = unit('mosquitto.service', { load: 'not-found', active: 'inactive' })
    },
  ],
  [
    'broker-active',
    'pass',
    'nothing installed by edgekit, yet a broker',
    node => (node.bundle.value = undefined),
  ],
  ['broker-listening', 'fail', 'nothing listens', node => (node.listeners.value = [])],
  [
    'broker-listening',
    'fail',
    'open to the network',
    node => {
      const [own] = node.listeners.value
      if (own) node.listeners.value.push({ ...own, address: '0.0.0.0' })
    },
  ],
  [
    'broker-round-trip',
    'fail',
    'no message',
    node => (node.brokerProbe.value = { failure: 'no message came back' }),
  ],
  ...[
    'modules: {eventBus: {enable: false}}',
    'modules: {eventBus: {mqttMode: 0}}',
    'modules: {eventBus: {mqttServerExternal: "mqtt://127.0.0.1:1883"}}',
    'modules: {eventBus: {mqttServerInternal: "tcp://127.0.0.1:1883"}}',
    'modules: {deviceTwin: {enable: false}}',
  ].map((text): (typeof table)[number] => [
    'edgecore-event-bus',
    'fail',
    text,
    node => (node.edgecoreConfig.value.config = readEdgecoreConfig(`${text}\n`)),
  ]),
  [
    'edgecore-active',
    'fail',
    'no unit',
    node => (node.units.value.edgecore = unit('edgecore.service', { load: 'not-found' })),
  ],
  ['edgecore-active', 'fail', 'stopped', node => (node.units.value.edgecore.active = 'inactive')],
  [
    'edgecore-active',
    'fail',
    'just restarted after a crash',
    node => {
      node.units.value.edgecore = unit('edgecore.service', { restarts: 3, activeForMs: 2_000 })
      node.edgecoreLog.value.restarts = 3
      node.edgecoreLog.value.previousFatal = {
        code: 'x',
        text: 'no certificates',
        remedy: 'join',
        line: 'panic: …',
      }
    },
  ],
  ['edgecore-mqtt', 'fail', 'refused', node => (node.edgecoreLog.value.eventBus = 'failing')],
  ['edgecore-mqtt', 'fail', 'hung', node => (node.edgecoreLog.value.eventBus = 'hung')],
  ['kernel', 'fail', 'an old kernel', node => (node.machine.value.kernel = '2.6.32-754.el6')],
  ['kernel', 'pass', 'the oldest that will do', node => (node.machine.value.kernel = '3.10.0-1160.el7')],
  ['kernel', 'fail', 'another system', node => (node.machine.value.platform = 'freebsd')],
  [
    'cgroup-mode',
    'fail',
    'a Raspberry Pi as it comes',
    node => (node.machine.value.cgroups = { mode: 'v2', controllers: ['cpu', 'io', 'pids'] }),
  ],
  [
    'cgroup-mode',
    'fail',
    'no control groups',
    node => (node.machine.value.cgroups = { mode: 'none', controllers: [] }),
  ],
  [
    'cgroup-mode',
    'pass',
    'version 1',
    node => (node.machine.value.cgroups = { mode: 'v1', controllers: ['cpu', 'memory', 'pids', 'freezer'] }),
  ],
  ['memory', 'fail', 'a small machine', node => (node.machine.value.memory.totalBytes = 128e6)],
  ['memory', 'fail', 'all of it taken', node => (node.machine.value.memory.availableBytes = 90e6)],
  ['disk-space', 'skip', 'no bundle', node => (node.bundle.value = undefined)],
  [
    'disk-space',
    'pass',
    'a bundle that is all there',
    node => {
      node.bundle.value = bigBundle
      node.disks.value.edgekit.availableBytes = 100
    },
  ],
  [
    'disk-space',
    'fail',
    'no room for it',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      node.disks.value.edgekit.availableBytes = 3_999_999
    },
  ],
  [
    'disk-space',
    'pass',
    'just enough room for it',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      node.disks.value.edgekit.availableBytes = 4_000_000
    },
  ],
  [
    'disk-space',
    'fail',
    'a disk of its own for containerd that is full',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      Object.assign(node.disks.value.containerd, {
        mountPoint: '/var/lib/containerd',
        availableBytes: 2_999_999,
      })
    },
  ],
  ['inodes', 'fail', 'few left', node => (node.disks.value.edgekit.freeInodes = 200_000)],
  [
    'inodes',
    'pass',
    'a file system that does not count them',
    node => Object.assign(node.disks.value.edgekit, { totalInodes: 0, freeInodes: 0 }),
  ],
  [
    'disk-pressure',
    'fail',
    'nearly full where the images are',
    node => (node.disks.value.containerd.availableBytes = 14e9),
  ],
  ['disk-pressure', 'pass', 'just enough there', node => (node.disks.value.containerd.availableBytes = 15e9)],
  [
    'disk-pressure',
    'fail',
    'nearly full where the pods are',
    node => (node.disks.value.kubelet.availableBytes = 9e9),
  ],
  [
    'disk-pressure',
    'fail',
    'EdgeCore told to delete images early',
    node => {
      node.edgecoreConfig.value.config = readEdgecoreConfig(
        'modules: {edged: {tailoredKubeletConfig: {imageGCHighThresholdPercent: 40}}}\n',
      )
    },
  ],
  [
    'directories-writable',
    'fail',
    'a read-only /etc',
    node => (node.disks.value.configuration.readOnly = true),
  ],
  ['programs-can-run', 'fail', 'noexec on /opt', node => (node.disks.value.edgekitPrograms.noExec = true)],
  ['programs-can-run', 'pass', 'noexec on /etc', node => (node.disks.value.configuration.noExec = true)],
  ['clock', 'fail', 'two years behind', node => (node.clock.value.now -= 2 * 365 * 86_400_000)],
  ['clock', 'pass', 'an hour behind', node => (node.clock.value.now -= 25 * 3_600_000)],
  ['clock', 'pass', 'nothing to compare it with', node => (node.clock.value.pastEvents = [])],
  ['clock-synchronized', 'warn', 'no time server', node => (node.clock.value.synchronized = false)],
  ['clock-synchronized', 'skip', 'no timedatectl', node => (node.clock.value.synchronized = undefined)],
  [
    'node-name',
    'pass',
    'a name was asked for',
    node => {
      node.machine.value.hostName = 'localhost'
      node.installedSettings.value.nodeName = 'edge-1'
    },
  ],
  ['node-name', 'pass', 'no certificate', node => (node.certificates.value.node = undefined)],
  ['node-name', 'pass', 'a certificate of another kind', node => issuedFor(node, 'edge-7')],
  ['node-name', 'fail', 'the certificate of another node', node => issuedFor(node, 'system:node:edge-2')],
  [
    'node-name',
    'pass',
    'the certificate is for hostnameOverride',
    node => {
      node.machine.value.hostName = 'localhost'
      node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {hostnameOverride: edge-1}}\n')
    },
  ],
  [
    'node-name',
    'fail',
    'an impossible hostnameOverride',
    node =>
      (node.edgecoreConfig.value.config = readEdgecoreConfig(
        'modules: {edged: {hostnameOverride: Edge_1}}\n',
      )),
  ],
  [
    'default-route',
    'fail',
    'no network',
    node => (node.network.value = { defaultRoutes: [], addresses: [] }),
  ],
  [
    'default-route',
    'pass',
    'no route, but a nodeIP',
    node => {
      node.network.value.defaultRoutes = []
      node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {nodeIP: 198.51.100.10}}\n')
    },
  ],
  [
    'default-route',
    'fail',
    'a nodeIP of another machine',
    node =>
      (node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {nodeIP: 198.51.100.9}}\n')),
  ],
  ['no-kubelet', 'fail', 'a kubelet', node => node.machine.value.programs.push('kubelet')],
  ['no-kubelet', 'warn', 'a kube-proxy', node => node.machine.value.programs.push('kube-proxy')],
  ...(['broker', 'edgecore', 'containerd'] as const).map((name): (typeof table)[number] => [
    'masked-units',
    'fail',
    `the unit of ${name}`,
    node => (node.units.value[name] = unit(`${name}.service`, { load: 'masked', ours: false })),
  ]),
  [
    'foreign-drop-ins',
    'warn',
    'somebody edited the unit',
    node => (node.units.value.broker.dropIns = ['/etc/systemd/system/mosquitto.service.d/override.conf']),
  ],
  [
    'foreign-drop-ins',
    'pass',
    'only that of edgekit',
    node => (node.units.value.edgecore.dropIns = ['/etc/systemd/system/edgecore.service.d/10-edgekit.conf']),
  ],
  [
    'edgecore-ports',
    'fail',
    'another on 10350',
    node => node.listeners.value.push({ address: '127.0.0.1', port: 10_350, owner: stranger }),
  ],
  [
    'edgecore-ports',
    'warn',
    'another on 1884',
    node => node.listeners.value.push({ address: '127.0.0.1', port: 1884, owner: stranger }),
  ],
  [
    'edgecore-ports',
    'pass',
    'EdgeCore on both',
    node => {
      const at = { address: '127.0.0.1', owner: holder({ executable: '/usr/local/bin/edgecore' }) }
      node.listeners.value.push({ ...at, port: 1884 }, { ...at, port: 10_350 })
    },
  ],
  [
    'journal-kept',
    'warn',
    'in memory only',
    node => (node.journalStorage.value = { persistent: false, volatile: true }),
  ],
  [
    'journal-kept',
    'fail',
    'none',
    node => (node.journalStorage.value = { persistent: false, volatile: false }),
  ],
  [
    'containerd-answers',
    'fail',
    'containerd hung',
    node => Object.assign(node.containerd.value, { answers: false, silent: true }),
  ],
  ...(
    [
      ['1.4.13~ds1', 'fail'],
      ['1.5.9', 'fail'],
      ['1.6.20~ds1', 'pass'],
      ['v1.7.28-k3s1', 'pass'],
      ['2.1.5', 'pass'],
      ['unknown', 'fail'],
    ] as const
  ).map(([version, status]): (typeof table)[number] => [
    'containerd-version',
    status,
    version,
    node => (node.containerd.value.version = version),
  ]),
  ['ctr-flags', 'fail', 'no import --platform', node => (node.ctr.value.import = ['all-platforms'])],
  ['ctr-flags', 'fail', 'no run --cap-drop', node => node.ctr.value.run.splice(5, 1)],
  [
    'runc-runs',
    'fail',
    'no runc',
    node => (node.runc.value = { failure: 'runc: not found on this machine' }),
  ],
  [
    'containerd-restart',
    'fail',
    'KillMode=control-group',
    node => (node.units.value.containerd.killMode = 'control-group'),
  ],
  [
    'containerd-restart',
    'skip',
    'no unit',
    node => (node.units.value.containerd = unit('containerd.service', { load: 'not-found' })),
  ],
  ['containerd-at-boot', 'warn', 'disabled', node => (node.units.value.containerd.enabled = 'disabled')],
  ['one-containerd', 'warn', 'k3s beside it', node => (node.containerdFiles.value.otherSockets = [k3s])],
  ['cri-plugin', 'fail', 'no CRI plugin', node => node.containerd.value.plugins.pop()],
  [
    'cri-plugin',
    'fail',
    'a CRI plugin that did not load',
    node => (node.containerd.value.plugins = [{ type: 'io.containerd.grpc.v1', id: 'cri', status: 'error' }]),
  ],
  [
    'cgroup-driver',
    'fail',
    'systemd in containerd',
    node => (node.containerdFiles.value.config.systemdCgroup = true),
  ],
  [
    'cgroup-driver',
    'pass',
    'systemd in both',
    node => {
      node.containerdFiles.value.config.systemdCgroup = true
      node.edgecoreConfig.value.config = readEdgecoreConfig(
        'modules: {edged: {tailoredKubeletConfig: {cgroupDriver: systemd}}}\n',
      )
    },
  ],
  ['cgroup-driver', 'skip', 'no edgecore.yaml', node => (node.edgecoreConfig.value.config = undefined)],
  ['sandbox-image', 'fail', 'not there', node => node.containerd.value.images.pop()],
  [
    'sandbox-image',
    'fail',
    'containerd wants another',
    node => (node.containerdFiles.value.config.sandboxImage = 'registry.k8s.io/pause:3.9'),
  ],
  [
    'sandbox-image',
    'pass',
    'in the bundle',
    node => {
      node.containerdFiles.value.config.sandboxImage = 'registry.k8s.io/pause:3.10'
      node.bundle.value = withPause
    },
  ],
  [
    'sandbox-image',
    'warn',
    'not pinned',
    node => Object.assign(node.containerd.value.images[1] ?? {}, { pinned: false }),
  ],
  ['cni-config', 'warn', 'no configuration', node => (node.containerdFiles.value.cniFiles = [])],
  [
    'image-content',
    'fail',
    'a layer cut short',
    node => {
      node.bundle.value = bigBundle
      node.containerdFiles.value.damagedBlobs = [{ digest: layer.digest, size: layer.size, found: 0 }]
    },
  ],
  ['image-content', 'skip', 'no bundle', node => (node.bundle.value = undefined)],
  ['orphan-broker', 'fail', 'the unit is stopped', node => (node.units.value.broker.active = 'inactive')],
  ['orphan-broker', 'pass', 'the unit is starting', node => (node.units.value.broker.active = 'activating')],
  [
    'stale-container',
    'fail',
    'a container without a task',
    node => {
      node.units.value.broker.active = 'failed'
      node.containerd.value.tasks = []
    },
  ],
  [
    'stale-container',
    'fail',
    'only its snapshot',
    node => {
      node.units.value.broker.active = 'inactive'
      node.containerd.value.tasks = []
      node.containerd.value.containers = []
    },
  ],
  [
    'stale-container',
    'pass',
    'nothing is left',
    node => {
      nothingLeft(node)
      node.units.value.broker.active = 'inactive'
    },
  ],
  [
    'stale-container',
    'pass',
    'the unit is starting',
    node => {
      node.units.value.broker.active = 'activating'
      node.containerd.value.tasks = []
    },
  ],
  [
    'broker-image',
    'fail',
    'another platform',
    node => Object.assign(image(node) ?? {}, { platforms: ['linux/arm64'] }),
  ],
  [
    'broker-image',
    'pass',
    'a platform among others',
    node => Object.assign(image(node) ?? {}, { platforms: ['linux/386', 'linux/amd64', 'unknown/unknown'] }),
  ],
  ['edgecore-mqtt', 'skip', 'no broker', node => (node.units.value.broker.active = 'failed')],
]

const cloudTable: typeof table = [
  ['containerd-answers', 'pass', "only k3s' containerd", node => (node.containerd.value.socket = k3s)],
  ['containerd-answers', 'fail', 'containerd down', node => (node.containerd.value.answers = false)],
  ['bundle-images', 'fail', 'no image', node => (node.containerd.value.images = [])],
  [
    'bundle-images',
    'fail',
    'another digest',
    node => Object.assign(image(node) ?? {}, { digest: `sha256:${'b'.repeat(64)}` }),
  ],
  ['bundle-images', 'fail', 'incomplete', node => Object.assign(image(node) ?? {}, { complete: false })],
  ['bundle-images', 'fail', 'not unpacked', node => Object.assign(image(node) ?? {}, { unpacked: false })],
  ['bundle-images', 'warn', 'not pinned', node => Object.assign(image(node) ?? {}, { pinned: false })],
  ['bundle-images', 'skip', 'no containerd', node => (node.containerd.value.answers = false)],
]

test.each(cloudTable)('on a cloud machine, %s: %s when %s', (id, status, _, breakIt) => {
  const node = cloudMachine()
  breakIt(node)
  expect(statusOf(id, node)).toBe(status)
})

test.each(table)('%s: %s when %s', (id, status, _, breakIt) => {
  const node = healthy()
  breakIt(node)
  expect(statusOf(id, node)).toBe(status)
})

test.each([
  ['edge', table, healthy],
  ['cloud', cloudTable, cloudMachine],
] as const)('a failure or an error on the %s says what was expected and what to do', (_, table, machine) => {
  const bad = table.filter(([, status]) => status === 'fail' || status === 'error')
  for (const [id, status, what, breakIt] of bad) {
    const node = machine()
    breakIt(node)
    const finding = runChecks(checks, node).find(result => result.id === id)
    expect(finding?.expected, `${id}: ${what}, ${status}`).toBeTruthy()
    expect(finding?.remedy?.text, `${id}: ${what}`).toBeTruthy()
  }
})

describe('a fact that could not be collected', () => {
  test.each(Object.keys(healthy()) as (keyof Facts)[])(
    '%s: a check that needs it says error, never pass or fail',
    name => {
      const node: Facts = { ...healthy(), [name]: { unknown: 'permission denied' } }
      const changed = runChecks(checks, node).filter(({ status }) => status !== 'pass')
      expect(changed.every(({ status }) => status === 'error' || status === 'skip')).toBe(true)
      expect(
        changed.every(({ status, observed }) => status === 'skip' || observed.includes('permission denied')),
      ).toBe(true)
    },
  )
})

test('a check that is ignored is run and shown, only warns, and blocks nothing', () => {
  const node = healthy()
  node.containerd.value.answers = false
  const results = new Map(
    runChecks(checks, node, { ignored: ['containerd-answers'] }).map(result => [result.id, result]),
  )
  expect(results.get('containerd-answers')).toMatchObject({
    status: 'warn',
    ignored: true,
    observed: expect.stringContaining('containerd'),
  })
  expect(results.get('broker-image')?.blockedBy).toBeUndefined()
  expect(
    runChecks(checks, healthy(), { ignored: ['containerd-answers'] }).filter(({ ignored }) => ignored),
  ).toEqual([])
})

test('what depends on a failed check is skipped and names that one, through several steps', () => {
  const node = healthy()
  node.containerd.value.answers = false
  const results = new Map(runChecks(checks, node).map(result => [result.id, result]))
  expect(results.get('broker-image')).toMatchObject({ status: 'skip', blockedBy: ['containerd-answers'] })
  expect(results.get('broker-round-trip')).toMatchObject({
    status: 'skip',
    blockedBy: ['containerd-answers'],
  })
})

test('a check that throws is an error that asks for a report', () => {
  const broken = {
    id: 'broken',
    title: 'Broken',
    group: 'node' as const,
    tags: ['doctor' as const],
    run: () => {
      throw new TypeError('oops')
    },
  }
  expect(runChecks([broken], healthy())[0]).toMatchObject({
    status: 'error',
    observed: expect.stringContaining('oops'),
  })
})

test('a need outside of the chosen occasion does not block', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('checklist'), node)
  expect(results.find(({ id }) => id === 'containerd-answers')?.status).toBe('pass')
})

test('doctor says to an ordinary user that it cannot look, and not that the node is broken', () => {
  const node = healthy()
  node.machine.value.isRoot = false
  const results = runChecks(checksFor('doctor'), node)
  expect(results.filter(({ status }) => status === 'fail')).toEqual([])
  expect(results.find(({ id }) => id === 'containerd-answers')).toMatchObject({
    status: 'skip',
    blockedBy: ['running-as-root'],
  })
})

test('an EdgeCore of another that is kept is named as such', () => {
  const node = healthy()
  const observed = () => runChecks(checks, node).find(({ id }) => id === 'foreign-units')?.observed
  expect(observed()).toBe('free or ours')
  node.units.value.edgecore = unit('edgecore.service', { ours: false, execStart: '/usr/local/bin/edgecore' })
  expect(observed()).toBe('edgecore.service of keadm, which is kept')
})

test('the manifest of the fixture is one', () => {
  expect(manifest.images[0]?.reference).toBe(manifest.broker.image)
})
