import type { KeyObject } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { formatBytes } from '../format.ts'
import type { BlobStore } from '../images/blob-store.ts'
import { imageContents } from '../images/contents.ts'
import type { PulledImage } from '../images/pull.ts'
import type { TarMember } from '../images/tar.ts'
import type { StepRunner } from '../step.ts'
import { archiveNames } from './archive-names.ts'
import type { Definition } from './definition.ts'
import { archiveMember, type BundleImage, manifestImage } from './image-archives.ts'
import { type BundleFile, filesOf } from './inputs.ts'
import { type Lock, lockDigest } from './lock.ts'
import type { Architecture } from './manifest.ts'
import { textMembers } from './members.ts'
import { fileOf, type WrittenPackage, writePackage } from './package.ts'
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
  signingKey?: KeyObject | undefined
  /** The most bytes of one file; the bundle is split into such parts. */
  partSize?: number | undefined
  runSteps: StepRunner
  signal: AbortSignal
}

const shown = ({ path, content }: BundleFile): string =>
  content === 'programs' ? `${path}/*` : basename(path)

/** Put together the bundle of one architecture out of parts that have all been fetched. Throws EdgekitError. */
export async function assembleBundle(options: AssembleOptions): Promise<WrittenPackage> {
  const { definition, arch, lock, edgekitVersion, runtime, store, imageOf, signal } = options
  const work = join(options.work, arch)
  await mkdir(work)
  const name = `kubeedge-${definition.role}`
  const path = join(options.outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const files = filesOf(definition, arch)
  const archives = archiveNames(definition.images.map(({ reference }) => reference))
  const images: BundleImage[] = []
  const members: TarMember[] = []
  let written: WrittenPackage | undefined

  await options.runSteps([
    {
      title: `Take ${files.map(shown).join(', ')} for ${arch}`,
      async run() {
        for (const [index, file] of files.entries()) {
          signal.throwIfAborted()
          const destination = join(work, `file-${index}`)
          members.push(
            ...(await takeFile(file, { ...options, directory: definition.directory, destination })),
          )
        }
      },
    },
    {
      title: `Look into ${archives.size} images for ${arch}`,
      async run(note) {
        for (const [reference, archive] of archives) {
          signal.throwIfAborted()
          const pulled = imageOf(reference)
          const image = { reference, archive, pulled, contents: await imageContents(pulled, store) }
          images.push(image)
          members.push(archiveMember(image, store))
        }
        note(`${images.reduce((sum, { contents }) => sum + contents.packages.packages.length, 0)} packages`)
      },
    },
    {
      title: `Write ${basename(path)}`,
      async run(note) {
        const described = images.map(manifestImage)
        const { sha256: runtimeSha256 } = await fileOf(runtime)
        const texts = textMembers({
          definition,
          arch,
          edgekitVersion,
          images: described,
          lock,
          runtimeSha256,
        })
        written = await writePackage({
          description: {
            schemaVersion: 1,
            name,
            role: definition.role,
            kubeedgeVersion: definition.kubeedge,
            arch,
            edgekitVersion,
            lockDigest: lockDigest(lock),
            broker: { image: definition.broker },
            images: described,
          },
          // The way in comes first: a bundle that was cut off fails at its end, where edgekit can still say so.
          payload: [...texts, runtime, ...members],
          packages: new Map(images.map(({ reference, contents }) => [reference, contents.packages])),
          path,
          workDirectory: work,
          signingKey: options.signingKey,
          partSize: options.partSize,
          signal,
        })
        note(formatBytes(written.size))
      },
    },
  ])
  await rm(work, { recursive: true })
  return written as unknown as WrittenPackage
}
