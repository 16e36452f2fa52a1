import { readEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import type { BrokerProcessFacts } from '../../../src/facts/broker-process.ts'
import type { CertificateFacts } from '../../../src/facts/certificates.ts'
import { holder, manifest, unit } from './healthy.ts'
import type { Healthy } from './rows.ts'

/** Replaces edgecore.yaml. */
export const config =
  (text: string) =>
  (node: Healthy): unknown =>
    (node.edgecoreConfig.value.config = readEdgecoreConfig(`${text}\n`))

export const broker = (node: Healthy, changes: Partial<BrokerProcessFacts>): unknown =>
  Object.assign(node.brokerProcess.value ?? {}, changes)

export const brokerConfig = (node: Healthy) =>
  node.brokerConfig.value as NonNullable<typeof node.brokerConfig.value>

export const certificate = (node: Healthy, changes: Partial<CertificateFacts>): unknown =>
  Object.assign(node.certificates.value.node ?? {}, changes)

export const probe = (node: Healthy, changes: object): unknown =>
  Object.assign(node.brokerProbe.value, changes)

export const failed = { failure: 'no message came back in time' }

/** The broker image in containerd. */
export const image = (node: Healthy) => node.containerd.value.images[0]

/** Removes the broker's task, container and snapshot. */
export const nothingLeft = (node: Healthy) =>
  Object.assign(node.containerd.value, { tasks: [], containers: [], snapshots: [] })

/** A process that is not edgekit's. */
export const stranger = holder({ pid: 7, program: 'nc', controlGroup: '/system.slice/other.service' })

export const layer = { digest: `sha256:${'1'.repeat(64)}`, size: 1_000_000, unpackedSize: 2_000_000 }

/** A bundle that needs 4 MB: 1 MB of files, mostly the archive of its only image, and the image itself. */
export const bigBundle = {
  ...manifest,
  disk: 4_000_000,
  files: [
    { path: 'images/eclipse-mosquitto-2.0.tar', size: 999_900, mode: 0o644, sha256: '0'.repeat(64) },
    { path: 'bin/edgekit', size: 100, mode: 0o755, sha256: '0'.repeat(64) },
  ],
  images: manifest.images.map(image => ({ ...image, layers: [layer] })),
}

export const k3s = '/run/k3s/containerd/containerd.sock'

/** The journal of one start of the broker. */
export const journal = (...texts: string[]) => [
  { time: 0, pid: 1, text: 'Starting mosquitto.service - Mosquitto…' },
  ...texts.map(text => ({ time: 0, pid: 9, text })),
]

/** The broker restarts and logs these lines. */
export const brokerLogs =
  (...texts: string[]) =>
  (node: Healthy): void => {
    node.units.value.broker = unit('mosquitto.service', { active: 'activating' })
    node.brokerJournal.value = journal(...texts)
  }

export const token = (parts: string) => `modules: {edgeHub: {token: ${parts}}}`

/** A node without a certificate and with this edgecore.yaml. */
export const joining =
  (text: string) =>
  (node: Healthy): void => {
    node.certificates.value.node = undefined
    config(text)(node)
  }

/** The machine is blank: no bundle, no unit, no image, no file of an edge node. */
export function nothingInstalled(node: Healthy): void {
  const missing = { load: 'not-found', active: 'inactive', fragmentPath: '', ours: false } as const
  node.units.value.broker = unit('mosquitto.service', missing)
  node.units.value.edgecore = unit('edgecore.service', { ...missing, after: [], wants: [] })
  Object.assign(node.containerd.value, { images: [], tasks: [], containers: [], snapshots: [] })
  Object.assign(node.edgecoreConfig.value, { config: undefined })
  Object.assign(node.edgecoreDatabase.value, { size: undefined, isDatabase: false })
  Object.assign(node.edgecoreLog.value, { eventBus: 'unknown', cloud: 'unknown', starts: 0 })
  Object.assign(node.drift, { value: undefined })
  node.listeners.value = []
  node.brokerProbe.value = { failure: 'refused' }
  node.brokerProcess.value = undefined
  node.bundle.value = undefined
  node.certificates.value.node = undefined
}
