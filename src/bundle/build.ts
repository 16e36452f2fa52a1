import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { formatBytes } from '../format.ts'
import { ociArchiveMembers } from '../images/archive.ts'
import type { BlobStore } from '../images/blob-store.ts'
import { extractFile } from '../images/extract.ts'
import type { Platform } from '../images/platform.ts'
import type { Programs } from '../images/programs.ts'
import type { PulledImage } from '../images/pull.ts'
import type { Registry } from '../images/registry.ts'
import { fetchImages } from '../images/source.ts'
import { type TarMember, tarEnd, tarMember } from '../images/tar.ts'
import type { Step, StepRunner } from '../step.ts'
import type { Definition } from './definition.ts'
import { type Architecture, formatManifest, type Manifest, type ManifestImage } from './manifest.ts'
import { archiveName, textMembers } from './members.ts'
import { pack } from './pack.ts'
import { runtimeFor } from './runtime.ts'

export interface BuildOptions {
  definition: Definition
  arch: Architecture
  edgekitVersion: string
  /** Directory the bundle is written to; made if missing. */
  outputDirectory: string
  /** Where images are kept from one build to the next. */
  store: BlobStore
  /** Without one nothing is fetched: everything has to be in the store or on this machine. */
  registry: Registry | undefined
  programs: Programs
  runSteps: StepRunner
}

export interface BuiltBundle {
  path: string
  /** Bytes. */
  size: number
  sha256: string
  manifest: Manifest
}

async function sha256Of(source: Buffer | string): Promise<string> {
  const hash = createHash('sha256')
  if (typeof source !== 'string') return hash.update(source).digest('hex')
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('hex')
}

async function fileMember(path: string, source: string, mode: TarMember['mode']): Promise<TarMember> {
  return { path, mode, size: (await stat(source)).size, source }
}

/** Write the OCI archive of one image: layers byte for byte as the registry served them. */
async function writeArchive(image: PulledImage, store: BlobStore, file: string): Promise<void> {
  const bytes = async function* () {
    for (const member of ociArchiveMembers(image, store)) yield* tarMember(member)
    yield tarEnd()
  }
  await pipeline(Readable.from(bytes()), createWriteStream(file))
}

const manifestImage = (reference: string, image: PulledImage): ManifestImage => ({
  reference,
  digest: image.root.digest,
  archive: archiveName(reference),
  platform: image.platform,
  manifestDigest: image.manifest.digest,
  configDigest: image.config.digest,
  layers: image.layers.map(({ digest, size }) => ({ digest, size })),
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
export async function buildBundle(options: BuildOptions): Promise<BuiltBundle> {
  const { definition, arch, edgekitVersion, outputDirectory, registry, programs, store, runSteps } = options
  const name = `kubeedge-${definition.role}`
  const path = join(outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const platform: Platform = `linux/${arch}`
  const runtime = await fileMember('bin/edgekit', runtimeFor(arch), 0o755)
  const work = await makeWorkDirectory(outputDirectory)
  const binaries = Object.entries(definition.binaries)
  const references = new Set([...definition.images, ...binaries.map(([, { image }]) => image)])

  const pulled = new Map<string, PulledImage>()
  const members: TarMember[] = []
  let manifest: Manifest | undefined
  const imageOf = (reference: string) => pulled.get(reference) as PulledImage

  const pull: Step = {
    title: `Pull ${references.size} images for ${platform}`,
    async run(note) {
      const wanted = [...references].map(reference => ({ reference }))
      const images = await fetchImages(wanted, { platform, registry, store, programs })
      for (const [index, { reference }] of wanted.entries())
        pulled.set(reference, images[index] as PulledImage)
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
  const writeArchives: Step = {
    title: 'Write the image archives',
    async run() {
      for (const reference of definition.images) {
        const file = join(work, basename(archiveName(reference)))
        await writeArchive(imageOf(reference), store, file)
        members.push(await fileMember(archiveName(reference), file, 0o644))
      }
    },
  }
  const writeBundle: Step = {
    title: `Write ${basename(path)}`,
    async run(note) {
      const images = definition.images.map(reference => manifestImage(reference, imageOf(reference)))
      const texts = textMembers({
        definition,
        arch,
        edgekitVersion,
        images,
        runtimeSha256: await sha256Of(runtime.source),
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
        broker: { image: definition.broker },
        images,
        files: await Promise.all(
          payload.map(async ({ path, size, mode, source }) => ({
            path,
            size,
            mode,
            sha256: await sha256Of(source),
          })),
        ),
      }
      const source = Buffer.from(formatManifest(manifest))
      await pack([{ path: 'bundle.json', mode: 0o644, size: source.length, source }, ...payload], path, work)
      note(formatBytes((await stat(path)).size))
    },
  }

  try {
    await runSteps([pull, takeBinaries, writeArchives, writeBundle])
    return {
      path,
      size: (await stat(path)).size,
      sha256: await sha256Of(path),
      manifest: manifest as Manifest,
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
