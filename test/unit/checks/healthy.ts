import type { Manifest } from '../../../src/bundle/manifest.ts'
import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import type { Facts } from '../../../src/facts/index.ts'
import type { InstalledSettings } from '../../../src/facts/installed-settings.ts'
import type { Holder } from '../../../src/facts/listeners.ts'
import type { UnitFacts } from '../../../src/facts/units.ts'
import type { FileSystem } from '../../../src/node/storage.ts'

const digest = `sha256:${'a'.repeat(64)}`
const reference = 'docker.io/library/eclipse-mosquitto:2.0'

export const manifest: Manifest = {
  schemaVersion: 1,
  name: 'kubeedge-edge',
  role: 'edge',
  kubeedgeVersion: 'v1.22.0',
  arch: 'amd64',
  lockDigest: `sha256:${'0'.repeat(64)}`,
  edgekitVersion: '0.1.0',
  broker: { image: reference },
  images: [
    {
      reference,
      digest,
      archive: 'images/eclipse-mosquitto-2.0.tar',
      platform: 'linux/amd64',
      manifestDigest: digest,
      configDigest: digest,
      layers: [],
      unpackedSize: 0,
    },
  ],
  disk: 0,
  files: [{ path: 'images/eclipse-mosquitto-2.0.tar', size: 7_000_000, mode: 0o644, sha256: 'a'.repeat(64) }],
}

export const unit = (name: string, changes: Partial<UnitFacts> = {}): UnitFacts => ({
  name,
  load: 'loaded',
  active: 'active',
  sub: 'running',
  enabled: 'enabled',
  result: 'success',
  fragmentPath: `/etc/systemd/system/${name}`,
  dropIns: [],
  needsReload: false,
  restarts: 0,
  activeForMs: 3_600_000,
  execStart: '',
  mainPid: 90,
  startedInMs: 300,
  after: ['containerd.service', 'mosquitto.service'],
  wants: ['containerd.service', 'mosquitto.service'],
  killMode: 'control-group',
  exit: undefined,
  standardError: 'journal',
  ours: true,
  shadows: undefined,
  ...changes,
})

const pauseImage = {
  reference: 'registry.k8s.io/pause:3.6',
  digest,
  complete: true,
  unpacked: true,
  pinned: true,
  platforms: ['linux/amd64'],
}

/** Half of 100 GB is available. */
const disk = (path: string): FileSystem => ({
  path,
  mountPoint: '/',
  device: '8:1',
  type: 'ext4',
  readOnly: false,
  noExec: false,
  totalBytes: 100e9,
  availableBytes: 50e9,
  totalInodes: 6_000_000,
  freeInodes: 5_000_000,
})

export const holder = (changes: Partial<Holder> = {}): Holder => ({
  pid: 100,
  program: 'mosquitto',
  controlGroup: '/',
  executable: '/usr/sbin/mosquitto',
  unit: undefined,
  container: undefined,
  pod: undefined,
  package: undefined,
  ...changes,
})

/** The facts of a node on which everything is as it should be. */
export const healthy = (): {
  [K in keyof Facts]: { value: Extract<Facts[K], { value: unknown }>['value'] }
} => ({
  machine: {
    value: {
      hostName: 'edge-1',
      arch: 'amd64',
      os: 'Debian GNU/Linux 12 (bookworm)',
      platform: 'linux',
      kernel: '6.1.0-18-amd64',
      memory: { totalBytes: 1_000_000_000, availableBytes: 600_000_000 },
      cgroups: {
        mode: 'v2',
        controllers: ['cpu', 'cpuset', 'io', 'memory', 'pids'],
        pods: { path: '/sys/fs/cgroup/kubepods', controllers: ['cpu', 'cpuset', 'io', 'memory', 'pids'] },
      },
      inotify: { instances: { used: 17, limit: 128 }, watches: { used: 400, limit: 60_000 } },
      programs: ['containerd', 'edgecore', 'mosquitto', 'systemd'],
      isRoot: true,
      systemdIsInit: true,
      networkFiles: { '/etc/hosts': true, '/etc/resolv.conf': true },
      slowness: 1,
    },
  },
  units: {
    value: {
      broker: unit('mosquitto.service'),
      edgecore: unit('edgecore.service'),
      containerd: unit('containerd.service', { ours: false, killMode: 'process' }),
      devices: unit('edgekit-devices.service'),
    },
  },
  runtimePrograms: { value: { containerd: ['/usr/bin/containerd'], runc: ['/usr/sbin/runc'] } },
  containerd: {
    value: {
      socket: '/run/containerd/containerd.sock',
      answers: true,
      silent: false,
      version: '1.6.20',
      images: [
        { reference, digest, complete: true, unpacked: true, pinned: true, platforms: ['linux/amd64'] },
        { ...pauseImage },
      ],
      tasks: [{ container: 'mosquitto', pid: 100, status: 'RUNNING' }],
      pods: [],
      plugins: [
        { type: 'io.containerd.snapshotter.v1', id: 'overlayfs', status: 'ok', root: '' },
        { type: 'io.containerd.grpc.v1', id: 'cri', status: 'ok', root: '' },
      ],
      containers: ['mosquitto'],
      snapshots: [{ key: 'mosquitto', parent: '', kind: 'Active' }],
    },
  },
  containerdFiles: {
    value: {
      config: {
        root: '/var/lib/containerd',
        disabledPlugins: [],
        sandboxImage: pauseImage.reference,
        systemdCgroup: false,
        cni: { configs: '/etc/cni/net.d', plugins: ['/opt/cni/bin'] },
      },
      cni: { file: '10-edge.conflist', plugins: ['bridge', 'host-local', 'loopback'], unusable: [] },
      otherSockets: [],
    },
  },
  imageDamage: { value: { examined: [digest], damaged: [] } },
  edgecoreDatabase: {
    value: { path: '/var/lib/kubeedge/edgecore.db', size: 100_000, isDatabase: true, wasRegistered: true },
  },
  drift: {
    value: {
      interrupted: null,
      changed: [],
      previous: { kubeedgeVersion: 'v1.22.0', at: '2026-11-29T08:00:00.000Z', damage: [] },
    },
  },
  ctr: {
    value: {
      import: ['platform'],
      run: [
        'rm',
        'net-host',
        'read-only',
        'seccomp',
        'memory-limit',
        'cap-drop',
        'mount',
        'detach',
        'log-uri',
      ],
    },
  },
  runc: { value: { version: 'runc version 1.1.5' } },
  clock: {
    value: {
      now: Date.parse('2026-11-21T10:00:00Z'),
      pastEvents: [{ event: 'the bundle was installed', time: Date.parse('2026-11-20T10:00:00Z') }],
      synchronized: true,
    },
  },
  disks: {
    value: {
      root: disk('/'),
      configuration: disk('/etc'),
      programs: disk('/usr/local/bin'),
      edgekitPrograms: disk('/opt/edgekit/bin'),
      cniPlugins: disk('/opt/cni/bin'),
      containerd: disk('/var/lib/containerd'),
      edgekit: disk('/var/lib/edgekit'),
      kubelet: disk('/var/lib/kubelet'),
      edgecoreConfiguration: disk('/etc/kubeedge'),
      edgecore: disk('/var/lib/kubeedge'),
      units: disk('/etc/systemd/system'),
      logs: disk('/var/log'),
    },
  },
  fileSizes: { value: {} as Record<string, number> },
  network: { value: { defaultRoutes: ['eth0'], addresses: ['198.51.100.10'] } },
  journalStorage: { value: { persistent: true, volatile: false } },
  listeners: {
    value: [
      {
        address: '127.0.0.1',
        port: 1883,
        owner: holder({ controlGroup: '/k8s.io/mosquitto', container: 'mosquitto' }),
      },
    ],
  },
  brokerProbe: {
    value: {
      qos0: { ms: 1.2 },
      qos1: { ms: 1.4 },
      edgecoreTopics: { ms: 1.3 },
      mqtt5: { accepted: true },
      offline: { ms: 1.9 },
      twin: { ms: 2.1 },
      clients: 3,
      publishedPerMinute: 0.5,
      droppedPerMinute: 0,
      waitingSessions: 2,
      heapBytes: 1_000_000,
    },
  },
  brokerClients: { value: { total: 3, users: [{ uid: 0, name: 'root', connections: 3 }], devices: [] } },
  brokerConfig: {
    value: {
      path: '/etc/edgekit/mosquitto/mosquitto.conf',
      listeners: [{ port: 1883, address: '127.0.0.1', anonymous: true, tls: false, maxConnections: 512 }],
      perListener: false,
      memoryLimit: 268_435_456,
      persistence: true,
      persistenceLocation: '/mosquitto/data',
      persistenceFile: 'mosquitto.db',
      files: [],
      dataDirectory: '/var/lib/edgekit/mosquitto',
      unusable: [],
      data: { mode: 0o700, uid: 1883, gid: 1883 },
    },
  },
  brokerAccess: { value: { certificate: undefined, passwords: undefined, confD: [] } },
  brokerDatabase: {
    value: {
      path: '/var/lib/edgekit/mosquitto/mosquitto.db',
      bytes: 40_000,
      savedAt: Date.parse('2026-11-21T09:59:30Z'),
      disk: disk('/var/lib/edgekit'),
      setAside: [],
    },
  },
  brokerProcess: {
    value: {
      pid: 100,
      state: 'S',
      kernelWait: 'do_epoll_wait',
      residentBytes: 8_400_000,
      logReaders: [
        { program: 'ctr', state: 'S', residentBytes: 26_700_000 },
        { program: 'containerd-shim', state: 'S', residentBytes: 20_300_000 },
      ],
      cpuMs: 500,
      ageMs: 3_600_000,
      uptimeMs: 7_200_000,
      load: 0.1,
      uid: 1883,
      noNewPrivileges: true,
      seccomp: 2,
      capabilities: { effective: '0000000000000000', bounding: '00000000000000c0' },
      rootReadOnly: true,
    },
  },
  anonymousEndpoints: { value: [] },
  brokerJournal: { value: [] },
  edgecoreConfig: {
    value: {
      path: '/etc/kubeedge/config/edgecore.yaml',
      config: readEdgecoreConfig('modules: {}\n'),
      modifiedAt: Date.parse('2026-11-20T10:00:00Z'),
      hasUnusedDefault: false,
      duplicateKeys: [],
    },
  },
  edgecoreLog: {
    value: {
      eventBus: 'up',
      hasRecovered: false,
      stopped: false,
      cloud: 'connected',
      cloudEvidence: [],
      starts: 1,
      restarts: 0,
      evidence: ['finish hub-client pub'],
      warnings: [],
      pods: [],
      cutLines: 0,
      hasGaps: false,
    },
  },
  edgecoreHealth: { value: { status: 200, body: 'ok' } },
  certificates: {
    value: {
      node: {
        certificateFile: '/etc/kubeedge/certs/server.crt',
        subject: 'O=system:nodes, CN=system:node:edge-1',
        names: '',
        issuer: 'CN=KubeEdge',
        validFrom: Date.parse('2026-11-01T00:00:00Z'),
        validTo: Date.parse('2027-11-01T00:00:00Z'),
        keyMatches: true,
        issuedByAuthority: true,
      },
      issued: [
        { file: '/etc/kubeedge/ca/rootCA.crt', validFrom: Date.parse('2026-10-01T00:00:00Z') },
        { file: '/etc/kubeedge/certs/server.crt', validFrom: Date.parse('2026-11-01T00:00:00Z') },
      ],
      eventBusProblems: [],
      bootstrapFile: undefined,
    },
  },
  secretFiles: { value: [{ path: '/etc/kubeedge/certs/server.key', mode: 0o600, uid: 0, gid: 0 }] },
  deviceService: {
    value: {
      health: { broker: 'connected', database: 'ok', waiting: 0, lagMs: 0, deadLetters: 0 },
      broker: '127.0.0.1:1883',
      database: '/var/lib/edgekit/devices/devices.db',
      log: [],
    },
  },
  bundle: { value: structuredClone(manifest) },
  installedSettings: { value: { edgecore: 'running', adopt: false } as InstalledSettings },
})

/** The facts of a machine with a cloud bundle: neither broker nor EdgeCore, somebody else on 1883, another init. */
export const cloudMachine = (): ReturnType<typeof healthy> => {
  const facts = healthy()
  facts.bundle.value = { ...structuredClone(manifest), name: 'kubeedge-cloud', role: 'cloud' }
  facts.machine.value.systemdIsInit = false
  facts.units.value.broker = unit('mosquitto.service', { load: 'not-found', active: 'inactive', ours: false })
  facts.units.value.edgecore = unit('edgecore.service', { load: 'not-found', active: 'inactive' })
  facts.listeners.value = [{ address: '0.0.0.0', port: 1883, owner: undefined }]
  facts.brokerProbe.value = { failure: 'refused' }
  return facts
}
