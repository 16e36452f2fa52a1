import { basename, join } from 'node:path'
import { readAsset } from '../assets.ts'
import { parseReference } from '../images/reference.ts'
import type { TarMember } from '../images/tar.ts'
import { paths } from '../node/paths.ts'
import { cloudManifests } from './cloud-manifests.ts'
import type { Definition } from './definition.ts'
import { fill } from './fill.ts'
import type { Architecture, ManifestImage } from './manifest.ts'

/**
 * `images/kubeedge-cloudcore-v1.22.0.tar` for `docker.io/kubeedge/cloudcore:v1.22.0`. Docker's own images have no
 * owner that anybody writes: `images/eclipse-mosquitto-2.0.tar` for `docker.io/library/eclipse-mosquitto:2.0`.
 */
export function archiveName(reference: string): string {
  const { repository, tag, digest } = parseReference(reference)
  const name = repository.replace(/^library\//, '').replaceAll('/', '-')
  return `images/${name}-${tag ?? digest?.slice('sha256:'.length, 19)}.tar`
}

interface Inputs {
  definition: Definition
  arch: Architecture
  edgekitVersion: string
  images: readonly ManifestImage[]
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

const text = (path: string, content: string, mode: TarMember['mode'] = 0o644): TarMember => {
  const source = Buffer.from(content)
  return { path, mode, size: source.length, source }
}

/** The members of a bundle that are texts: the way in, and what its role needs. */
export function textMembers(inputs: Inputs): TarMember[] {
  const { definition, arch, runtimeSha256 } = inputs
  const launcher = fill(readAsset('templates/launcher.sh'), { ARCH: arch, SHA256: runtimeSha256 })
  return [
    text('edgekit', launcher, 0o755),
    text('meta/version.txt', versions(inputs)),
    ...(definition.role === 'edge' ? edgeMembers(inputs) : cloudMembers(inputs)),
  ]
}

/** The units and the configuration. */
function edgeMembers({ definition, images }: Inputs): TarMember[] {
  const broker = {
    BROKER_IMAGE: definition.broker,
    // Where an install keeps it: a unit has no directory that a relative path could start from.
    BROKER_DIGEST: images.find(({ reference }) => reference === definition.broker)?.digest ?? '',
    BROKER_ARCHIVE: join(paths.images, basename(archiveName(definition.broker))),
  }
  return [
    text('bin/clean-broker', readAsset('templates/clean-broker.sh'), 0o755),
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

function cloudMembers({ definition, images }: Inputs): TarMember[] {
  const broker = images.find(({ reference }) => reference === definition.broker)
  if (!broker) throw new Error(`${definition.broker} is not among the images`)
  return Object.entries(cloudManifests(broker)).map(([path, content]) => text(path, content))
}
