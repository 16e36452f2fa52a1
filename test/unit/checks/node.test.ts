import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import { bigBundle, nothingInstalled, stranger } from './changes.ts'
import { holder, unit } from './healthy.ts'
import { type Healthy, type Row, testRows } from './rows.ts'

const issuedFor = (node: Healthy, name: string) =>
  Object.assign(node.certificates.value.node ?? {}, { subject: `O=system:nodes, CN=${name}` })

const version1: Healthy['machine']['value']['cgroups'] = {
  mode: 'v1',
  controllers: ['cpu', 'cpuacct', 'cpuset', 'freezer', 'memory', 'pids'],
  pods: undefined,
}

/** An installed bundle with more members, of 30 MB each. */
const withMembers = (...members: string[]) => ({
  ...bigBundle,
  files: members.map(path => ({ path, size: 30_000_000, mode: 0o755, sha256: '0'.repeat(64) })),
})

const optDisk = (availableBytes: number) => ({ mountPoint: '/opt', device: '8:3', availableBytes })

const inotify =
  (used: { instances?: number; watches?: number }) =>
  (node: Healthy): void => {
    const { instances = 17, watches = 400 } = used
    node.machine.value.inotify = {
      instances: { used: instances, limit: 128 },
      watches: { used: watches, limit: 60_000 },
    }
  }

const issued = (file: string, from: string) => (node: Healthy) =>
  (node.certificates.value.issued = [{ file, validFrom: Date.parse(from) }])

const masked = { load: 'masked', ours: false } as const

const rows: Row[] = [
  [
    'running-as-root',
    'error',
    'an unprivileged user',
    'not root',
    node => (node.machine.value.isRoot = false),
  ],
  [
    'kernel',
    'fail',
    'an old kernel',
    'linux 2.6.32-754.el6',
    node => (node.machine.value.kernel = '2.6.32-754.el6'),
  ],
  [
    'kernel',
    'pass',
    'the oldest supported kernel',
    '3.10.0-1160.el7',
    node => (node.machine.value.kernel = '3.10.0-1160.el7'),
  ],
  [
    'kernel',
    'fail',
    'another operating system',
    'freebsd 6.1.0-18-amd64',
    node => (node.machine.value.platform = 'freebsd'),
  ],
  [
    'architecture',
    'fail',
    'another architecture',
    'the bundle is for amd64, this node is arm64',
    node => (node.machine.value.arch = 'arm64'),
  ],
  [
    'architecture',
    'skip',
    'no bundle installed',
    'no bundle is installed',
    node => (node.bundle.value = undefined),
  ],
  [
    'systemd-is-init',
    'fail',
    'no systemd',
    '/run/systemd/system does not exist',
    node => (node.machine.value.systemdIsInit = false),
  ],
  [
    'node-installed',
    'fail',
    'a blank machine',
    'nothing is installed: no broker, no EdgeCore, nothing of edgekit',
    nothingInstalled,
  ],
  [
    'node-installed',
    'pass',
    'an EdgeCore of keadm',
    'it has a broker or EdgeCore',
    node => {
      nothingInstalled(node)
      node.units.value.edgecore.load = 'loaded'
    },
  ],
  [
    'node-installed',
    'pass',
    'an edgecore.yaml that is no YAML',
    'it has a broker or EdgeCore',
    node => {
      nothingInstalled(node)
      Object.assign(node.edgecoreConfig.value, { problem: 'not valid YAML' })
    },
  ],
  [
    'install-finished',
    'fail',
    'a killed install',
    'edgekit install of 2026-11-20T10:00:00Z was interrupted: this node is in an intermediate state',
    node =>
      (node.drift.value = {
        interrupted: { command: 'install', since: '2026-11-20T10:00:00Z' },
        changed: [],
      }),
  ],
  [
    'install-finished',
    'error',
    'a running upgrade',
    'edgekit install is running (process 5117, since 2026-11-20T10:00:00Z)',
    node =>
      (node.drift.value = {
        interrupted: { command: 'install', since: '2026-11-20T10:00:00Z', runningAs: 5117 },
        changed: [],
      }),
  ],
  [
    'cgroup-mode',
    'fail',
    'an unconfigured Raspberry Pi',
    'cgroup v2, without memory',
    node =>
      (node.machine.value.cgroups = { mode: 'v2', controllers: ['cpu', 'io', 'pids'], pods: undefined }),
  ],
  [
    'cgroup-mode',
    'fail',
    'no cgroups',
    'cgroups are not mounted, without cpu, memory, pids',
    node => (node.machine.value.cgroups = { mode: 'none', controllers: [], pods: undefined }),
  ],
  ['cgroup-mode', 'pass', 'cgroup v1', 'cgroup v1', node => (node.machine.value.cgroups = version1)],
  [
    'cgroup-mode',
    'fail',
    'cgroup v1 without cpuset and cpuacct',
    'cgroup v1, without cpuacct, cpuset',
    node => (node.machine.value.cgroups = { ...version1, controllers: ['cpu', 'memory', 'pids', 'freezer'] }),
  ],
  [
    'cgroup-mode',
    'fail',
    'v1 with v2 for systemd, without memory',
    'cgroup v1, with v2 for systemd, without memory',
    node =>
      (node.machine.value.cgroups = {
        ...version1,
        mode: 'hybrid',
        controllers: ['cpu', 'cpuacct', 'cpuset', 'pids'],
      }),
  ],
  [
    'cgroup-mode',
    'pass',
    'cgroup v2 before the first start of EdgeCore',
    'cgroup v2',
    node => (node.machine.value.cgroups.pods = undefined),
  ],
  [
    'cgroup-mode',
    'pass',
    'cgroup v2 in a kernel without cpuset',
    'cgroup v2',
    node =>
      Object.assign(node.machine.value.cgroups, {
        controllers: ['cpu', 'memory', 'pids'],
        pods: { path: '/sys/fs/cgroup/kubepods', controllers: ['cpu', 'memory', 'pids'] },
      }),
  ],
  [
    'cgroup-mode',
    'fail',
    'controllers that are not delegated to the pods',
    '/sys/fs/cgroup/kubepods has no cpu, cpuset controller',
    node => Object.assign(node.machine.value.cgroups.pods ?? {}, { controllers: ['io', 'memory', 'pids'] }),
  ],
  [
    'cgroup-mode',
    'pass',
    'a stopped EdgeCore, which delegates them when it starts',
    'cgroup v2',
    node => {
      Object.assign(node.machine.value.cgroups.pods ?? {}, { controllers: ['memory', 'pids'] })
      node.units.value.edgecore.active = 'inactive'
    },
  ],
  [
    'inotify-limits',
    'warn',
    'few instances left',
    '113 of 128 inotify instances in use by root',
    inotify({ instances: 113 }),
  ],
  [
    'inotify-limits',
    'pass',
    'enough instances left',
    '112 of 128 inotify instances in use by root; 400 of 60000 inotify watches in use by root',
    inotify({ instances: 112 }),
  ],
  [
    'inotify-limits',
    'warn',
    'none left, with EdgeCore running',
    '128 of 128 inotify instances in use by root',
    inotify({ instances: 128 }),
  ],
  [
    'inotify-limits',
    'fail',
    'too few instances for EdgeCore to start',
    '125 of 128 inotify instances in use by root',
    node => {
      inotify({ instances: 125 })(node)
      node.units.value.edgecore.active = 'activating'
    },
  ],
  [
    'inotify-limits',
    'fail',
    'too few watches for EdgeCore to start',
    '59900 of 60000 inotify watches in use by root',
    node => {
      inotify({ watches: 59_900 })(node)
      node.units.value.edgecore.active = 'inactive'
    },
  ],
  [
    'inotify-limits',
    'skip',
    'a kernel without inotify',
    'this kernel has no inotify',
    node => (node.machine.value.inotify = undefined),
  ],
  [
    'memory',
    'fail',
    'a machine with little memory',
    '600.0 MB of 128.0 MB available',
    node => (node.machine.value.memory.totalBytes = 128e6),
  ],
  [
    'memory',
    'fail',
    'little memory available',
    '90.0 MB of 1.0 GB available',
    node => (node.machine.value.memory.availableBytes = 90e6),
  ],
  ['disk-space', 'skip', 'no bundle', 'no bundle to install', node => (node.bundle.value = undefined)],
  [
    'disk-space',
    'pass',
    'a bundle that is already installed',
    '/var/lib/edgekit (on /): 100 B available, 100 B needed',
    node => {
      node.bundle.value = bigBundle
      node.disks.value.edgekit.availableBytes = 100
    },
  ],
  [
    'disk-space',
    'fail',
    'one byte too little',
    '/var/lib/edgekit (on /): 4.0 MB available, 4.0 MB needed',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      node.disks.value.edgekit.availableBytes = 3_999_999
    },
  ],
  [
    'disk-space',
    'pass',
    'just enough space',
    '/var/lib/edgekit (on /): 4.0 MB available, 4.0 MB needed',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      node.disks.value.edgekit.availableBytes = 4_000_000
    },
  ],
  [
    'disk-space',
    'fail',
    'a separate, full disk for containerd',
    '/var/lib/containerd (on /var/lib/containerd): 3.0 MB available, 3.0 MB needed',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      Object.assign(node.disks.value.containerd, {
        mountPoint: '/var/lib/containerd',
        device: '8:2',
        availableBytes: 2_999_999,
      })
    },
  ],
  [
    'disk-space',
    'fail',
    'two bind mounts of one disk that has no room for both',
    '/var/lib/edgekit (on /var/lib/edgekit): 3.5 MB available, 4.0 MB needed',
    node => {
      node.bundle.value = bigBundle
      node.containerd.value.images = []
      for (const disk of [node.disks.value.containerd, node.disks.value.edgekit])
        Object.assign(disk, { mountPoint: disk.path, device: '8:2', availableBytes: 3_500_000 })
    },
  ],
  [
    'disk-space',
    'fail',
    'a small, full /opt',
    '/opt/edgekit/bin (on /opt): 99 B available, 100 B needed',
    node => {
      node.bundle.value = bigBundle
      Object.assign(node.disks.value.edgekitPrograms, optDisk(99))
    },
  ],
  [
    'disk-space',
    'pass',
    'a full /opt that already has edgekit',
    '/var/lib/edgekit (on /): 50.0 GB available, 0 B needed; /opt/edgekit/bin (on /opt): 0 B available, 0 B needed',
    node => {
      node.bundle.value = bigBundle
      node.fileSizes.value = { '/opt/edgekit/bin/edgekit': 100 }
      Object.assign(node.disks.value.edgekitPrograms, optDisk(0))
    },
  ],
  [
    'disk-space',
    'fail',
    'no room for the edgekit that an upgrade replaces',
    '/var/lib/edgekit (on /): 69 B available, 70 B needed',
    node => {
      node.bundle.value = bigBundle
      node.fileSizes.value = { '/opt/edgekit/bin/edgekit': 70 }
      Object.assign(node.disks.value.edgekitPrograms, optDisk(100))
      node.disks.value.edgekit.availableBytes = 69
    },
  ],
  ...(['running', 'none'] as const).map(
    (edgecore): Row => [
      'disk-space',
      edgecore === 'none' ? 'pass' : 'fail',
      `a full /usr/local on a node with EdgeCore ${edgecore}`,
      edgecore === 'none'
        ? '/var/lib/edgekit (on /): 50.0 GB available, 60.0 MB needed'
        : '/usr/local/bin (on /usr/local): 0 B available, 60.0 MB needed',
      node => {
        node.bundle.value = withMembers('bin/edgecore', 'bin/keadm')
        node.installedSettings.value.edgecore = edgecore
        Object.assign(node.disks.value.programs, { ...optDisk(0), mountPoint: '/usr/local' })
      },
    ],
  ),
  [
    'disk-space',
    'fail',
    'a full /etc',
    '/etc (on /etc): 0 B available, 60.0 MB needed',
    node => {
      node.bundle.value = withMembers('systemd/mosquitto.service', 'config/mosquitto/mosquitto.conf')
      for (const disk of [node.disks.value.units, node.disks.value.configuration])
        Object.assign(disk, { ...optDisk(0), mountPoint: '/etc' })
    },
  ],
  [
    'inodes',
    'fail',
    'few free inodes',
    '/: 200000 of 6000000 inodes free',
    node => (node.disks.value.edgekit.freeInodes = 200_000),
  ],
  [
    'inodes',
    'pass',
    'a file system without inode counts',
    'not limited on this file system',
    node => Object.assign(node.disks.value.edgekit, { totalInodes: 0, freeInodes: 0 }),
  ],
  [
    'disk-pressure',
    'fail',
    '14% available for images',
    '/var/lib/containerd: 14.0 GB of 100.0 GB available (14%)',
    node => (node.disks.value.containerd.availableBytes = 14e9),
  ],
  [
    'disk-pressure',
    'pass',
    '15% available for images',
    '/var/lib/containerd: 15.0 GB of 100.0 GB available (15%)',
    node => (node.disks.value.containerd.availableBytes = 15e9),
  ],
  [
    'disk-pressure',
    'fail',
    '9% available for pods',
    '/var/lib/kubelet: 9.0 GB of 100.0 GB available (9%)',
    node => (node.disks.value.kubelet.availableBytes = 9e9),
  ],
  [
    'disk-pressure',
    'fail',
    'a low imageGCHighThresholdPercent',
    '/var/lib/containerd: 50.0 GB of 100.0 GB available (50%)',
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
    'read-only: /etc',
    node => (node.disks.value.configuration.readOnly = true),
  ],
  ...(
    [
      ['edgecoreConfiguration', '/etc/kubeedge'],
      ['edgecore', '/var/lib/kubeedge'],
      ['containerd', '/var/lib/containerd'],
      ['kubelet', '/var/lib/kubelet'],
      ['edgekit', '/var/lib/edgekit'],
      ['units', '/etc/systemd/system'],
      ['logs', '/var/log'],
    ] as const
  ).map(
    ([name, path]): Row => [
      'directories-writable',
      'fail',
      `a read-only mount at ${path}`,
      `${path} is on ${path} (ext4)`,
      node => Object.assign(node.disks.value[name], { readOnly: true, mountPoint: path }),
    ],
  ),
  [
    'directories-writable',
    'pass',
    'a read-only root with writable mounts',
    '/etc, /usr/local/bin, /opt and /var',
    node => (node.disks.value.root.readOnly = true),
  ],
  [
    'programs-can-run',
    'fail',
    'noexec on /opt',
    'mounted with noexec: /opt/edgekit/bin (on /)',
    node => (node.disks.value.edgekitPrograms.noExec = true),
  ],
  [
    'programs-can-run',
    'pass',
    'noexec on /etc',
    '/usr/local/bin and /opt',
    node => (node.disks.value.configuration.noExec = true),
  ],
  [
    'clock',
    'fail',
    'two years behind',
    'the clock is set to 2024-11-21',
    node => (node.clock.value.now -= 2 * 365 * 86_400_000),
  ],
  [
    'clock',
    'fail',
    'before the CA of the cloud, all that a node has that could not join',
    'the clock is set to 2026-11-21T10:00Z, before /etc/kubeedge/ca/rootCA.crt was issued',
    issued('/etc/kubeedge/ca/rootCA.crt', '2028-11-29T01:22:57Z'),
  ],
  [
    'clock',
    'fail',
    'before the certificate of the node',
    '2026-11-21T10:06Z /etc/kubeedge/certs/server.crt begins',
    issued('/etc/kubeedge/certs/server.crt', '2026-11-21T10:06:00Z'),
  ],
  [
    'clock',
    'pass',
    'four minutes behind the cloud',
    '2026-11-21T10:00:00.000Z',
    issued('/etc/kubeedge/certs/server.crt', '2026-11-21T10:04:00Z'),
  ],
  [
    'clock',
    'pass',
    'an hour behind',
    '2026-11-20T09:00:00.000Z',
    node => (node.clock.value.now -= 25 * 3_600_000),
  ],
  [
    'clock',
    'pass',
    'no reference times',
    '2026-11-21T10:00:00.000Z',
    node => (node.clock.value.pastEvents = []),
  ],
  [
    'clock-synchronized',
    'warn',
    'no time server',
    'no time server synchronizes the clock',
    node => (node.clock.value.synchronized = false),
  ],
  [
    'clock-synchronized',
    'skip',
    'no timedatectl',
    'unknown: timedatectl is not available',
    node => (node.clock.value.synchronized = undefined),
  ],
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
  ).map(
    ([name, status]): Row => [
      'node-name',
      status,
      `host name "${name}"`,
      status === 'pass' ? name.toLowerCase() : `"${name.toLowerCase()}" (the host name)`,
      node => {
        node.machine.value.hostName = name
        node.certificates.value.node = undefined
      },
    ],
  ),
  [
    'node-name',
    'pass',
    'a valid --node-name',
    'edge-1',
    node => {
      node.machine.value.hostName = 'localhost'
      node.installedSettings.value.nodeName = 'edge-1'
    },
  ],
  ['node-name', 'pass', 'no certificate', 'edge-1', node => (node.certificates.value.node = undefined)],
  ['node-name', 'pass', 'a certificate without a node name', 'edge-1', node => issuedFor(node, 'edge-7')],
  [
    'node-name',
    'fail',
    'the certificate of another node',
    'edge-1 (the host name), but the node certificate is for edge-2',
    node => issuedFor(node, 'system:node:edge-2'),
  ],
  [
    'node-name',
    'pass',
    'a certificate for hostnameOverride',
    'edge-1',
    node => {
      node.machine.value.hostName = 'localhost'
      node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {hostnameOverride: edge-1}}\n')
    },
  ],
  [
    'node-name',
    'fail',
    'an invalid hostnameOverride',
    '"Edge_1" (hostnameOverride in edgecore.yaml)',
    node =>
      (node.edgecoreConfig.value.config = readEdgecoreConfig(
        'modules: {edged: {hostnameOverride: Edge_1}}\n',
      )),
  ],
  [
    'default-route',
    'fail',
    'no network',
    'no default route, and modules.edged.nodeIP is not set in edgecore.yaml',
    node => (node.network.value = { defaultRoutes: [], addresses: [] }),
  ],
  [
    'default-route',
    'pass',
    'no route, but a nodeIP',
    'nodeIP is 198.51.100.10',
    node => {
      node.network.value.defaultRoutes = []
      node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {nodeIP: 198.51.100.10}}\n')
    },
  ],
  [
    'default-route',
    'fail',
    'a nodeIP of another machine',
    'modules.edged.nodeIP is 198.51.100.9, which is not an address of this machine',
    node =>
      (node.edgecoreConfig.value.config = readEdgecoreConfig('modules: {edged: {nodeIP: 198.51.100.9}}\n')),
  ],
  [
    'network-files',
    'fail',
    'no hosts file',
    '/etc/hosts: missing, or a link to a missing file',
    node => (node.machine.value.networkFiles['/etc/hosts'] = false),
  ],
  [
    'network-files',
    'fail',
    'no resolv.conf',
    '/etc/resolv.conf: missing, or a link to a missing file',
    node => (node.machine.value.networkFiles['/etc/resolv.conf'] = false),
  ],
  ['no-kubelet', 'fail', 'a kubelet', 'kubelet running', node => node.machine.value.programs.push('kubelet')],
  [
    'no-kubelet',
    'warn',
    'a kube-proxy',
    'kube-proxy running',
    node => node.machine.value.programs.push('kube-proxy'),
  ],
  ...(['broker', 'edgecore', 'containerd'] as const).flatMap((name): Row[] => [
    [
      `${name}-masked`,
      'fail',
      'a stopped unit',
      `${name}.service is masked`,
      node => (node.units.value[name] = unit(`${name}.service`, { ...masked, active: 'inactive' })),
    ],
    [
      `${name}-masked`,
      'warn',
      'a unit that runs',
      `${name}.service is masked: it runs, but does not start again`,
      node => (node.units.value[name] = unit(`${name}.service`, masked)),
    ],
  ]),
  [
    'foreign-units',
    'fail',
    "the distribution's unit",
    'mosquitto.service was not installed by edgekit',
    node => (node.units.value.broker.ours = false),
  ],
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
  ).map(
    ([status, execStart]): Row => [
      'foreign-units',
      status,
      `a foreign edgecore.service that starts "${execStart}"`,
      status === 'pass'
        ? 'edgecore.service was written by keadm and is kept'
        : 'edgecore.service was not installed by edgekit',
      node => (node.units.value.edgecore = unit('edgecore.service', { ours: false, execStart })),
    ],
  ),
  [
    'foreign-units',
    'fail',
    'a foreign mosquitto.service that starts EdgeCore',
    'mosquitto.service was not installed by edgekit',
    node =>
      (node.units.value.broker = unit('mosquitto.service', {
        ours: false,
        execStart: '/usr/local/bin/edgecore',
      })),
  ],
  [
    'foreign-units',
    'pass',
    'a masked edgecore.service',
    'none',
    node => (node.units.value.edgecore = unit('edgecore.service', masked)),
  ],
  [
    'foreign-units',
    'pass',
    'no units',
    'none',
    node => {
      node.units.value.broker = unit('mosquitto.service', { load: 'not-found', ours: false })
      node.units.value.edgecore = unit('edgecore.service', { load: 'not-found', ours: false })
    },
  ],
  [
    'shadowed-package-unit',
    'warn',
    'a package unit',
    "edgekit's mosquitto.service shadows /usr/lib/systemd/system/mosquitto.service",
    node => (node.units.value.broker.shadows = '/usr/lib/systemd/system/mosquitto.service'),
  ],
  [
    'foreign-drop-ins',
    'warn',
    'a foreign drop-in',
    '1 drop-in not written by edgekit',
    node => (node.units.value.broker.dropIns = ['/etc/systemd/system/mosquitto.service.d/override.conf']),
  ],
  [
    'foreign-drop-ins',
    'pass',
    "only edgekit's drop-in",
    'no foreign drop-ins',
    node => (node.units.value.edgecore.dropIns = ['/etc/systemd/system/edgecore.service.d/10-edgekit.conf']),
  ],
  [
    'edgecore-ports',
    'fail',
    'another program on 10350',
    'another program uses port 10350',
    node => node.listeners.value.push({ address: '127.0.0.1', port: 10_350, owner: stranger }),
  ],
  [
    'edgecore-ports',
    'warn',
    'another program on 1884',
    'another program uses port 1884',
    node => node.listeners.value.push({ address: '127.0.0.1', port: 1884, owner: stranger }),
  ],
  [
    'edgecore-ports',
    'pass',
    'EdgeCore on both',
    'no other program uses them',
    node => {
      const at = { address: '127.0.0.1', owner: holder({ executable: '/usr/local/bin/edgecore' }) }
      node.listeners.value.push({ ...at, port: 1884 }, { ...at, port: 10_350 })
    },
  ],
  [
    'journal-kept',
    'warn',
    'in memory only',
    'in memory only (/run/log/journal)',
    node => (node.journalStorage.value = { persistent: false, volatile: true }),
  ],
  [
    'journal-kept',
    'fail',
    'no journal',
    'this machine has no journal',
    node => (node.journalStorage.value = { persistent: false, volatile: false }),
  ],
]

testRows(rows)
