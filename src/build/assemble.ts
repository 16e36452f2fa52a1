import type { KeyObject } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Architecture } from '../bundle/manifest.ts'
import { formatBytes, plural } from '../lib/format.ts'
import type { StepRunner } from '../lib/step.ts'
import { imageContents } from '../oci/layer/image-contents.ts'
import type { ImageAccess } from '../oci/sources/fetch-image.ts'
import type { PulledImage } from '../oci/sources/pull.ts'
import type { Definition } from './definition/definition.ts'
import { type BundleFile, bundleFiles } from './definition/inputs.ts'
import { takeFile } from './fetch/take-file.ts'
import { type Lock, lockDigest } from './lock/lock.ts'
import { type BundleImage, imageMember, manifestImage } from './pack/bundle-image.ts'
import { cksum } from './pack/cksum.ts'
import type { EagerPacker, Hashed } from './pack/eager-packer.ts'
import { edgekitExecutableFor } from './pack/edgekit-executable.ts'
import { imageArchivePaths } from './pack/image-archive-paths.ts'
import { textMembers } from './pack/text-members.ts'
import { type PayloadMember, type WrittenBundle, writeBundle } from './pack/write-bundle.ts'

export interface AssembleOptions {
  definition: Definition
  arch: Architecture
  /** What everything in it was pinned to. */
  lock: Lock
  edgekitVersion: string
  /** The edgekit executable that goes in. */
  runtime: Hashed
  ahead: EagerPacker
  /** Its store has the blobs of all images. */
  images: ImageAccess
  imageOf: (reference: string) => PulledImage
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
export async function assembleBundle(options: AssembleOptions): Promise<WrittenBundle> {
  const { definition, arch, lock, edgekitVersion, runtime, ahead, imageOf, signal } = options
  const work = join(options.work, arch)
  await mkdir(work)
  const name = `kubeedge-${definition.role}`
  const path = join(options.outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const files = bundleFiles(definition, arch)
  const archives = imageArchivePaths(definition.images.map(({ reference }) => reference))
  const bundled: BundleImage[] = []
  const { store } = options.images
  const imageMembers = [...archives].map(([reference, archive]) =>
    ahead.hash(imageMember({ archive, pulled: imageOf(reference) }, store)),
  )
  const members: PayloadMember[] = []
  let written: WrittenBundle | undefined

  await options.runSteps([
    {
      title: `Take ${files.map(shown).join(', ')} for ${arch}`,
      async run() {
        for (const [index, file] of files.entries()) {
          signal.throwIfAborted()
          const destination = join(work, `file-${index}`)
          const taken = await takeFile(file, { ...options, directory: definition.directory, destination })
          members.push(...taken.map(member => ahead.pack(member)))
        }
      },
    },
    {
      title: `Look into ${plural(archives.size, 'image')} for ${arch}`,
      async run(note) {
        for (const [reference, archive] of archives) {
          signal.throwIfAborted()
          const pulled = imageOf(reference)
          bundled.push({ reference, archive, pulled, contents: await imageContents(pulled, store) })
        }
        const count = bundled.reduce((sum, { contents }) => sum + contents.packages.packages.length, 0)
        note(plural(count, 'package'))
      },
    },
    {
      title: `Write ${basename(path)}`,
      async run(note) {
        const described = bundled.map(manifestImage)
        const texts = textMembers({
          definition,
          arch,
          edgekitVersion,
          images: described,
          lock,
          runtimeCksum: await cksum(edgekitExecutableFor(arch)),
        })
        written = await writeBundle({
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
          payload: [...texts, runtime, ...members, ...imageMembers],
          packages: new Map(bundled.map(({ reference, contents }) => [reference, contents.packages])),
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
  return written as unknown as WrittenBundle
}
