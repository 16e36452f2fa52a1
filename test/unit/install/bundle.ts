import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readDefinition } from '../../../src/build/definition/definition.ts'
import { type Lock, lockDigest } from '../../../src/build/lock/lock.ts'
import { imageArchivePaths } from '../../../src/build/pack/image-archive-paths.ts'
import { textMembers } from '../../../src/build/pack/text-members.ts'
import { formatManifest, type Manifest, type ManifestImage } from '../../../src/bundle/manifest.ts'

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')
const digest = (content: string): string => `sha256:${sha256(content)}`

const definition = await readDefinition({ role: 'edge' })
const { kubeedge, role } = definition

/** Manifest and files of an edge bundle. The texts are real; programs and images are one word each. */
export function bundleFiles(version = '1'): { manifest: Manifest; files: Map<string, string> } {
  const archives = imageArchivePaths(definition.images.map(({ reference }) => reference))
  const images = definition.images.map(
    ({ reference }): ManifestImage => ({
      reference,
      digest: digest(reference + version),
      archive: archives.get(reference) ?? '',
      platform: 'linux/amd64',
      manifestDigest: digest('manifest'),
      configDigest: digest('config'),
      layers: [],
      unpackedSize: 0,
    }),
  )
  const programs = ['edgekit', 'edgecore', 'keadm'].map(
    name => [`bin/${name}`, `${name} ${version}`] as const,
  )
  const lock: Lock = { lockVersion: 1, role, kubeedge, images: {}, files: {} }
  const texts = textMembers({
    licenses: '',
    definition,
    arch: 'amd64',
    edgekitVersion: version,
    images,
    lock,
    executableCksum: '1 2',
  })
  const members = [
    ...texts.map(({ path, mode, source }) => ({ path, mode, content: String(source) })),
    ...programs.map(([path, content]) => ({ path, mode: 0o755, content })),
    ...images.map(({ archive }) => ({ path: archive, mode: 0o644, content: `${archive} ${version}` })),
  ]
  const manifest: Manifest = {
    schemaVersion: 1,
    name: 'kubeedge-edge',
    role: 'edge',
    kubeedgeVersion: kubeedge,
    arch: 'amd64',
    edgekitVersion: version,
    lockDigest: lockDigest(lock),
    broker: { image: definition.broker },
    images,
    disk: 0,
    files: members.map(({ path, mode, content }) => ({
      path,
      size: Buffer.byteLength(content),
      mode,
      sha256: sha256(content),
    })),
  }
  const files = new Map(members.map(({ path, content }) => [path, content]))
  files.set('bundle.json', formatManifest(manifest))
  return { manifest, files }
}

/** Writes an unpacked bundle. */
export async function unpack(files: Map<string, string>, directory: string): Promise<void> {
  for (const [path, content] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
}
