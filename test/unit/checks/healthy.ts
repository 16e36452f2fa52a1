import type { Manifest } from '../../../src/bundle/manifest.ts'
import { readEdgecoreConfig } from '../../../src/edgecore/config.ts'
import type { Facts } from '../../../src/facts/index.ts'
import type { UnitFacts } from '../../../src/facts/units.ts'

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
  files: [],
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
  ours: true,
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
      kernel: '6.1.0',
      isRoot: true,
      systemdIsInit: true,
      networkFiles: { '/etc/hosts': true, '/etc/resolv.conf': true },
    },
  },
  units: {
    value: {
      broker: unit('mosquitto.service'),
      edgecore: unit('edgecore.service'),
      containerd: unit('containerd.service', { ours: false }),
    },
  },
  runtimePrograms: { value: { containerd: ['/usr/bin/containerd'], runc: ['/usr/sbin/runc'] } },
  containerd: {
    value: {
      socket: '/run/containerd/containerd.sock',
      answers: true,
      version: '1.6.20',
      images: [{ reference, digest, complete: true, unpacked: true, pinned: true }],
      tasks: [{ container: 'mosquitto', pid: 100, status: 'RUNNING' }],
    },
  },
  listeners: {
    value: [
      {
        address: '127.0.0.1',
        port: 1883,
        owner: { pid: 100, program: 'mosquitto', controlGroup: '/k8s.io/mosquitto' },
      },
    ],
  },
  brokerProbe: { value: { roundTripMs: 1.2 } },
  brokerJournal: { value: [] },
  edgecoreConfig: {
    value: { path: '/etc/kubeedge/config/edgecore.yaml', config: readEdgecoreConfig('modules: {}\n') },
  },
  edgecoreLog: {
    value: {
      eventBus: 'up',
      stopped: false,
      cloud: 'unknown',
      cloudEvidence: [],
      starts: 1,
      evidence: ['finish hub-client pub'],
      warnings: [],
    },
  },
  bundle: { value: manifest },
})

/** The facts of a machine with a cloud bundle: neither broker nor EdgeCore, somebody else on 1883, another init. */
export const cloudMachine = (): ReturnType<typeof healthy> => {
  const facts = healthy()
  facts.bundle.value = { ...manifest, name: 'kubeedge-cloud', role: 'cloud' }
  facts.machine.value.systemdIsInit = false
  facts.units.value.broker = unit('mosquitto.service', { load: 'not-found', active: 'inactive', ours: false })
  facts.units.value.edgecore = unit('edgecore.service', { load: 'not-found', active: 'inactive' })
  facts.listeners.value = [{ address: '0.0.0.0', port: 1883, owner: undefined }]
  facts.brokerProbe.value = { failure: 'refused' }
  return facts
}
