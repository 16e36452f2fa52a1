import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { readAsset } from '../lib/assets.ts'
import { fill } from '../lib/fill-template.ts'
import { paths } from '../node/paths.ts'
import type { Manifest, ManifestImage } from './manifest.ts'

/** A file of a bundle: its name in the bundle, its path on the node and its mode. */
export interface PayloadFile {
  member: string
  path: string
  mode: 0o644 | 0o755
}

/** A file made from a template of this edgekit. */
export interface PayloadText extends PayloadFile {
  template: string
}

/** The programs an install puts on a node. */
export const programs = {
  edgekit: { member: 'bin/edgekit', path: paths.program, mode: 0o755 },
  edgecore: { member: 'bin/edgecore', path: paths.edgecore, mode: 0o755 },
  keadm: { member: 'bin/keadm', path: paths.keadm, mode: 0o755 },
} as const satisfies Record<string, PayloadFile>

/** The scripts that the units run. */
export const brokerScripts = {
  brokerOption: {
    template: 'templates/broker-option.sh',
    member: 'bin/broker-option',
    path: paths.brokerOption,
    mode: 0o755,
  },
  cleanBroker: {
    template: 'templates/clean-broker.sh',
    member: 'bin/clean-broker',
    path: paths.cleanBroker,
    mode: 0o755,
  },
  prepareBroker: {
    template: 'templates/prepare-broker.sh',
    member: 'bin/prepare-broker',
    path: paths.prepareBroker,
    mode: 0o755,
  },
  waitBroker: {
    template: 'templates/wait-broker.sh',
    member: 'bin/wait-broker',
    path: paths.waitBroker,
    mode: 0o755,
  },
  checkBrokerPort: {
    template: 'templates/check-broker-port.sh',
    member: 'bin/check-broker-port',
    path: paths.checkBrokerPort,
    mode: 0o755,
  },
} as const satisfies Record<string, PayloadText>

/** The texts an install of an edge bundle puts on a node. */
export const texts = {
  ...brokerScripts,
  brokerConfig: {
    template: 'templates/mosquitto/mosquitto.conf',
    member: 'config/mosquitto/mosquitto.conf',
    path: paths.brokerConfig,
    mode: 0o644,
  },
  brokerUnit: {
    template: 'templates/systemd/mosquitto.service',
    member: 'systemd/mosquitto.service',
    path: paths.brokerUnit,
    mode: 0o644,
  },
  edgecoreUnit: {
    template: 'templates/systemd/edgecore.service',
    member: 'systemd/edgecore.service',
    path: paths.edgecoreUnit,
    mode: 0o644,
  },
  edgecoreDropIn: {
    template: 'templates/systemd/edgecore.service.d/10-edgekit.conf',
    member: 'systemd/edgecore.service.d/10-edgekit.conf',
    path: paths.edgecoreDropIn,
    mode: 0o644,
  },
} as const satisfies Record<string, PayloadText>

/** Only in bundles with a container runtime. */
export const containerdUnit = {
  template: 'templates/systemd/containerd.service',
  member: 'systemd/containerd.service',
  path: paths.containerdUnit,
  mode: 0o644,
} as const satisfies PayloadText

/** The edgecore.yaml a new node starts from; it is patched, not copied. */
export const edgecoreBase = {
  template: 'templates/edgecore/edgecore-config.yaml',
  member: 'config/kubeedge/edgecore-config.yaml',
  mode: 0o644,
} as const

export const containerdMember = 'runtime/bin/containerd'

/** The programs of a container runtime in a bundle, with the paths containerd's documentation gives them. */
export function runtimePrograms(members: readonly string[]): PayloadFile[] {
  const place = (member: string): string | undefined => {
    if (member === 'runtime/bin/runc') return paths.runc
    if (member.startsWith('runtime/bin/')) return join('/usr/local/bin', basename(member))
    return member.startsWith('runtime/cni/') ? join('/opt/cni/bin', basename(member)) : undefined
  }
  return members.flatMap(member => {
    const path = place(member)
    return path === undefined ? [] : [{ member, path, mode: 0o755 as const }]
  })
}

/** Where an install keeps the archive of an image. */
export const archivePath = (archive: string): string => join(paths.images, basename(archive))

/** Seconds between two saves of the broker, unless the definition sets them. */
const defaultAutosaveInterval = 30

/**
 * mosquitto.conf with these listeners, by default those of a bundle: only for programs on the node. The interval between
 * saves is in seconds.
 */
export const brokerConfigText = (
  autosaveInterval = defaultAutosaveInterval,
  access = readAsset('templates/mosquitto/local.conf'),
): string =>
  fill(readAsset(texts.brokerConfig.template), {
    ACCESS: access,
    AUTOSAVE_INTERVAL: `${autosaveInterval}`,
  })

/** A text as the bundle with this broker image has it. */
export function payloadText(
  { template }: Pick<PayloadText, 'template'>,
  broker: ManifestImage,
  autosaveInterval?: number,
): string {
  if (template === texts.brokerConfig.template) return brokerConfigText(autosaveInterval)
  return fill(readAsset(template), {
    BROKER_IMAGE: broker.reference,
    BROKER_DIGEST: broker.digest,
    BROKER_ARCHIVE: archivePath(broker.archive),
  })
}

/** The edgecore.yaml that a bundle starts from; undefined when another edgekit built it, with another one. */
export function installedBase({ files }: Pick<Manifest, 'files'>): string | undefined {
  const text = readAsset(edgecoreBase.template)
  const member = files.find(({ path }) => path === edgecoreBase.member)
  return member?.sha256 === createHash('sha256').update(text).digest('hex') ? text : undefined
}
