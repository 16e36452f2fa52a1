import type { Architecture, ManifestImage } from '../../bundle/manifest.ts'
import { brokerScripts, containerdUnit, edgecoreBase, payloadText, texts } from '../../bundle/payload.ts'
import { readAsset } from '../../lib/assets.ts'
import { fill } from '../../lib/fill-template.ts'
import type { TarMember } from '../../tar/write.ts'
import type { Definition } from '../definition/definition.ts'
import { formatLock, type Lock } from '../lock/lock.ts'
import { cloudManifests } from './cloud-manifests.ts'

interface TextMember extends TarMember {
  source: Buffer
}

interface Inputs {
  definition: Definition
  arch: Architecture
  edgekitVersion: string
  images: readonly ManifestImage[]
  lock: Lock
  /** What `cksum` prints for bin/edgekit. */
  executableCksum: string
  /** Those of edgekit and of everything in its executable. */
  licenses: string
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

/** The loader of glibc, which the kernel starts edgekit with (the ABI supplements of x86-64 and AArch64). */
const loaders: Record<Architecture, string> = {
  amd64: '/lib64/ld-linux-x86-64.so.2',
  arm64: '/lib/ld-linux-aarch64.so.1',
}

const text = (path: string, content: string, mode: TarMember['mode'] = 0o644): TextMember => {
  const source = Buffer.from(content)
  return { path, mode, size: source.length, source }
}

/** The generated text files of a bundle. */
export function textMembers(inputs: Inputs): TextMember[] {
  const { definition, arch, lock, executableCksum, licenses } = inputs
  const launcher = fill(readAsset('templates/launcher.sh'), {
    ARCH: arch,
    CKSUM: executableCksum,
    LOADER: loaders[arch],
  })
  return [
    text('edgekit', launcher, 0o755),
    text('meta/version.txt', versions(inputs)),
    text('meta/edgekit.lock', formatLock(lock)),
    text('meta/licenses.txt', licenses),
    ...(definition.role === 'edge' ? edgeMembers(inputs) : cloudMembers(inputs)),
  ]
}

const brokerOf = ({ definition, images }: Inputs): ManifestImage =>
  images.find(({ reference }) => reference === definition.broker) as ManifestImage

function edgeMembers(inputs: Inputs): TextMember[] {
  const members = [
    ...(inputs.definition.runtime['containerd'] ? [containerdUnit] : []),
    ...Object.values(brokerScripts),
    edgecoreBase,
    ...Object.values(texts).filter(({ member }) => !member.startsWith('bin/')),
  ]
  return members.map(member =>
    text(
      member.member,
      payloadText(member, brokerOf(inputs), inputs.definition.autosaveInterval),
      member.mode,
    ),
  )
}

const cloudMembers = (inputs: Inputs): TextMember[] =>
  Object.entries(cloudManifests(brokerOf(inputs), inputs.definition.autosaveInterval)).map(
    ([path, content]) => text(path, content),
  )
