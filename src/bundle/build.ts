import type { KeyObject } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { formatBytes } from '../format.ts'
import { ociArchive } from '../images/archive.ts'
import { BlobStore } from '../images/blob-store.ts'
import { type ImageContents, imageContents } from '../images/contents.ts'
import { extractFile } from '../images/extract.ts'
import type { Mirrors } from '../images/mirrors.ts'
import type { Platform } from '../images/platform.ts'
import { type PulledImage, pullImage } from '../images/pull.ts'
import { Registry } from '../images/registry.ts'
import type { TarMember } from '../images/tar.ts'
import type { Step, StepRunner } from '../step.ts'
import type { Definition } from './definition.ts'
import type { Architecture, ManifestImage } from './manifest.ts'
import { archiveName, textMembers } from './members.ts'
import { fileOf, type WrittenPackage, writePackage } from './package.ts'
import { runtimeFor } from './runtime.ts'
import { removeOnSignal } from './signals.ts'

export interface BuildOptions {
  definition: Definition
  arch: Architecture
  edgekitVersion: string
  /** Directory the bundle is written to; made if missing. */
  outputDirectory: string
  mirrors: Mirrors
  signingKey?: KeyObject | undefined
  /** The most bytes of one file; the bundle is split into such parts. */
  partSize?: number | undefined
  runSteps: StepRunner
}

async function fileMember(path: string, source: string, mode: TarMember['mode']): Promise<TarMember> {
  return { path, mode, size: (await stat(source)).size, source }
}

const manifestImage = (
  reference: string,
  image: PulledImage,
  { unpackedSizes }: ImageContents,
): ManifestImage => ({
  reference,
  digest: image.root.digest,
  archive: archiveName(reference),
  platform: image.platform,
  manifestDigest: image.manifest.digest,
  configDigest: image.config.digest,
  layers: image.layers.map(({ digest, size }, index) => ({
    digest,
    size,
    unpackedSize: unpackedSizes[index] ?? 0,
  })),
  unpackedSize: unpackedSizes.reduce((sum, size) => sum + size, 0),
})

/** A directory beside the bundle, so that moving the bundle to its name is one rename. */
async function makeWorkDirectory(outputDirectory: string): Promise<string> {
  try {
    await mkdir(outputDirectory, { recursive: true })
    return await mkdtemp(join(outputDirectory, '.edgekit-'))
  } catch (error) {
    throw new EdgekitError(`cannot write to ${outputDirectory}: ${messageOf(error)}`, {
      exitCode: exitCodes.usage,
      remedy: 'Name a directory that can be written with --output.',
    })
  }
}

/**
 * Build the bundle of a definition for one architecture. Nothing but the finished bundle stays in the output
 * directory, whatever happens. Throws EdgekitError.
 */
export async function buildBundle(options: BuildOptions): Promise<WrittenPackage> {
  const { definition, arch, edgekitVersion, outputDirectory, mirrors, runSteps } = options
  const name = `kubeedge-${definition.role}`
  const path = join(outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const platform: Platform = `linux/${arch}`
  const runtime = await fileMember('bin/edgekit', runtimeFor(arch), 0o755)
  const work = await makeWorkDirectory(outputDirectory)
  using _ = removeOnSignal(work)
  const store = new BlobStore(work)
  const registry = new Registry({ mirrors })
  const binaries = Object.entries(definition.binaries)
  const references = new Set([...definition.images, ...binaries.map(([, { image }]) => image)])

  const pulled = new Map<string, PulledImage>()
  const members: TarMember[] = []
  const contents = new Map<string, ImageContents>()
  let written: WrittenPackage | undefined
  const imageOf = (reference: string) => pulled.get(reference) as PulledImage

  const pull: Step = {
    title: `Pull ${references.size} images for ${platform}`,
    async run(note) {
      await Promise.all(
        [...references].map(async reference =>
          pulled.set(reference, await pullImage({ reference, platform, registry, store })),
        ),
      )
      const layers = [...pulled.values()].flatMap(image => image.layers)
      note(formatBytes(layers.reduce((sum, { size }) => sum + size, 0)))
    },
  }
  const takeBinaries: Step = {
    title: `Take ${binaries.map(([binary]) => binary).join(' and ')} out of their image`,
    async run() {
      for (const [binary, { image, path: source }] of binaries) {
        const file = join(work, binary)
        await extractFile(imageOf(image), store, source, file)
        members.push(await fileMember(`bin/${binary}`, file, 0o755))
      }
    },
  }
  const lookInside: Step = {
    title: 'Look into the images',
    async run(note) {
      for (const reference of definition.images) {
        contents.set(reference, await imageContents(imageOf(reference), store))
        const archive = ociArchive(imageOf(reference), store)
        members.push({ path: archiveName(reference), mode: 0o644, ...archive })
      }
      note(
        `${[...contents.values()].reduce((sum, { packages }) => sum + packages.packages.length, 0)} packages`,
      )
    },
  }
  const writeBundle: Step = {
    title: `Write ${basename(path)}`,
    async run(note) {
      const images = definition.images.map(reference =>
        manifestImage(reference, imageOf(reference), contents.get(reference) as ImageContents),
      )
      const { sha256: runtimeSha256 } = await fileOf(runtime)
      const texts = textMembers({ definition, arch, edgekitVersion, images, runtimeSha256 })
      written = await writePackage({
        description: {
          schemaVersion: 1,
          name,
          role: definition.role,
          kubeedgeVersion: definition.kubeedge,
          arch,
          edgekitVersion,
          broker: { image: definition.broker },
          images,
        },
        // The way in comes first: a bundle that was cut off fails at its end, where edgekit can still say so.
        payload: [...texts, runtime, ...members],
        packages: new Map([...contents].map(([reference, { packages }]) => [reference, packages])),
        path,
        workDirectory: work,
        signingKey: options.signingKey,
        partSize: options.partSize,
      })
      note(formatBytes(written.size))
    },
  }

  try {
    await runSteps([pull, takeBinaries, lookInside, writeBundle])
    return written as unknown as WrittenPackage
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
