import { basename, join } from 'node:path'
import { readAsset } from '../assets.ts'
import type { TarMember } from '../images/tar.ts'
import { paths } from '../node/paths.ts'
import type { Definition } from './definition.ts'
import { formatLock, type Lock } from './lock.ts'
import type { Architecture, ManifestImage } from './manifest.ts'

/** Fill in `@NAME@`. */
const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/@([A-Z0-9_]+)@/g, (placeholder, name) => values[name] ?? placeholder)

interface Inputs {
  definition: Definition
  arch: Architecture
  edgekitVersion: string
  images: readonly ManifestImage[]
  lock: Lock
  /** Hash of bin/edgekit. */
  runtimeSha256: string
}

function versions({ definition, arch, edgekitVersion, images }: Inputs): string {
  const lines = [
    `kubeedge ${definition.kubeedge}`,
    `role ${definition.role}`,
    `arch ${arch}`,
    `edgekit ${edgekitVersion}`,
    ...images.map(({ reference, digest }) => `image ${reference} ${digest}`),
  ]
  return `${lines.join('\n')}\n`
}

/** The members of a bundle that are texts: the way in, the units, the configuration. */
export function textMembers(inputs: Inputs): TarMember[] {
  const { definition, arch, images, lock, runtimeSha256 } = inputs
  const text = (path: string, content: string, mode: TarMember['mode'] = 0o644): TarMember => {
    const source = Buffer.from(content)
    return { path, mode, size: source.length, source }
  }
  const brokerImage = images.find(({ reference }) => reference === definition.broker) as ManifestImage
  const broker = {
    BROKER_IMAGE: definition.broker,
    BROKER_DIGEST: brokerImage.digest,
    // Where an install keeps it: a unit has no directory that a relative path could start from.
    BROKER_ARCHIVE: join(paths.images, basename(brokerImage.archive)),
  }
  return [
    text('edgekit', fill(readAsset('templates/launcher.sh'), { ARCH: arch, SHA256: runtimeSha256 }), 0o755),
    text('bin/clean-broker', readAsset('templates/clean-broker.sh'), 0o755),
    text('meta/version.txt', versions(inputs)),
    text('meta/edgekit.lock', formatLock(lock)),
    text('config/kubeedge/edgecore-config.yaml', readAsset('templates/edgecore/edgecore-config.yaml')),
    text('config/mosquitto/mosquitto.conf', readAsset('templates/mosquitto/mosquitto.conf')),
    text('systemd/mosquitto.service', fill(readAsset('templates/systemd/mosquitto.service'), broker)),
    text('systemd/edgecore.service', readAsset('templates/systemd/edgecore.service')),
    text(
      'systemd/edgecore.service.d/10-edgekit.conf',
      readAsset('templates/systemd/edgecore.service.d/10-edgekit.conf'),
    ),
  ]
}
