import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { formatBytes } from '../format.ts'
import type { BlobStore } from '../images/blob-store.ts'
import type { PulledImage } from '../images/pull.ts'
import type { TarMember } from '../images/tar.ts'
import type { StepRunner } from '../step.ts'
import { archiveNames } from './archive-names.ts'
import type { Definition } from './definition.ts'
import { archiveMember, type BundleImage, manifestImage } from './image-archives.ts'
import { filesOf } from './inputs.ts'
import { type Lock, lockDigest } from './lock.ts'
import { type Architecture, formatManifest, type Manifest } from './manifest.ts'
import { textMembers } from './members.ts'
import { pack } from './pack.ts'
import { takeFile } from './take-file.ts'

export interface AssembleOptions {
  definition: Definition
  arch: Architecture
  /** What everything in it was pinned to. */
  lock: Lock
  edgekitVersion: string
  /** The edgekit executable that goes in. */
  runtime: TarMember
  /** Has the blobs of all images. */
  store: BlobStore
  imageOf: (reference: string) => PulledImage
  /** Directory where what was downloaded is, by sha256. */
  downloads: string
  /** Directory for what is put together; on the file system of the output. */
  work: string
  outputDirectory: string
  runSteps: StepRunner
  signal: AbortSignal
}

export interface BuiltBundle {
  path: string
  /** Bytes. */
  size: number
  sha256: string
  manifest: Manifest
}

/** Put together the bundle of one architecture out of parts that have all been fetched. Throws EdgekitError. */
export async function assembleBundle(options: AssembleOptions): Promise<BuiltBundle> {
  const { definition, arch, lock, edgekitVersion, runtime, store, imageOf, signal } = options
  const work = join(options.work, arch)
  await mkdir(work)
  const name = `kubeedge-${definition.role}`
  const path = join(options.outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const files = filesOf(definition, arch)
  const images = [...archiveNames(definition.images.map(({ reference }) => reference))].map(
    ([reference, archive]): BundleImage => ({ reference, archive, pulled: imageOf(reference) }),
  )
  const members: TarMember[] = []
  let manifest: Manifest | undefined

  await options.runSteps([
    {
      title: `Take ${files.map(file => basename(file.path)).join(', ')} for ${arch}`,
      async run() {
        for (const [index, file] of files.entries()) {
          signal.throwIfAborted()
          const destination = join(work, `file-${index}`)
          members.push(await takeFile(file, { ...options, directory: definition.directory, destination }))
        }
      },
    },
    {
      title: `Write ${images.length} image archives for ${arch}`,
      async run() {
        for (const image of images) members.push(await archiveMember(image, store, work, signal))
      },
    },
    {
      title: `Write ${basename(path)}`,
      async run(note) {
        const described = images.map(manifestImage)
        const runtimeSha256 = await sha256Of(runtime.source)
        const texts = textMembers({
          definition,
          arch,
          edgekitVersion,
          images: described,
          lock,
          runtimeSha256,
        })
        // The way in comes first: a bundle that was cut off fails at its end, where edgekit can still say so.
        const payload = [...texts, runtime, ...members]
        manifest = {
          schemaVersion: 1,
          name,
          role: definition.role,
          kubeedgeVersion: definition.kubeedge,
          arch,
          edgekitVersion,
          lockDigest: lockDigest(lock),
          broker: { image: definition.broker },
          images: described,
          files: await Promise.all(payload.map(manifestFile)),
        }
        const source = Buffer.from(formatManifest(manifest))
        const first: TarMember = { path: 'bundle.json', mode: 0o644, size: source.length, source }
        await pack([first, ...payload], path, work, signal)
        note(formatBytes((await stat(path)).size))
      },
    },
  ])
  await rm(work, { recursive: true })
  const { size } = await stat(path)
  return { path, size, sha256: await sha256Of(path), manifest: manifest as unknown as Manifest }
}

async function manifestFile({ path, size, mode, source }: TarMember): Promise<Manifest['files'][number]> {
  return { path, size, mode, sha256: await sha256Of(source) }
}

async function sha256Of(source: Buffer | string): Promise<string> {
  const hash = createHash('sha256')
  if (typeof source !== 'string') return hash.update(source).digest('hex')
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}
