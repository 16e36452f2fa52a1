import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { formatBytes } from '../format.ts'
import { ociArchiveMembers } from '../images/archive.ts'
import { BlobStore } from '../images/blob-store.ts'
import type { Mirrors } from '../images/mirrors.ts'
import type { PulledImage } from '../images/pull.ts'
import { Registry } from '../images/registry.ts'
import { type TarMember, tarEnd, tarMember } from '../images/tar.ts'
import type { Step, StepRunner } from '../step.ts'
import { archiveNames } from './archive-names.ts'
import type { Definition } from './definition.ts'
import { requireProgramFile } from './elf.ts'
import { filesOf } from './inputs.ts'
import { type Lock, lockDigest } from './lock.ts'
import type { UsedLock } from './lock-file.ts'
import { makeLock } from './make-lock.ts'
import { type Architecture, formatManifest, type Manifest, type ManifestImage } from './manifest.ts'
import { textMembers } from './members.ts'
import { pack } from './pack.ts'
import { type PulledImages, pullImages } from './pull-images.ts'
import { runtimeFor } from './runtime.ts'
import { takeFile } from './take-file.ts'

export interface BuildOptions {
  definition: Definition
  /** One bundle is built for each. */
  architectures: readonly Architecture[]
  lock: UsedLock
  edgekitVersion: string
  /** Directory the bundles are written to; made if missing. */
  outputDirectory: string
  mirrors: Mirrors
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

/** What all bundles of a run have in common. */
interface Run extends BuildOptions {
  work: string
  downloads: string
  store: BlobStore
  registry: Registry
  effectiveLock: Lock
  images: PulledImages
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
async function writeArchive(
  image: PulledImage,
  store: BlobStore,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const bytes = async function* () {
    for (const member of ociArchiveMembers(image, store)) yield* tarMember(member)
    yield tarEnd()
  }
  await pipeline(Readable.from(bytes()), createWriteStream(file), { signal })
}

const manifestImage = (reference: string, archive: string, image: PulledImage): ManifestImage => ({
  reference,
  digest: image.root.digest,
  archive,
  platform: image.platform,
  manifestDigest: image.manifest.digest,
  configDigest: image.config.digest,
  layers: image.layers.map(({ digest, size }) => ({ digest, size })),
})

/** A directory beside the bundles, so that moving a bundle to its name is one rename. */
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

async function checkedRuntime(arch: Architecture): Promise<TarMember> {
  const path = runtimeFor(arch)
  await requireProgramFile(path, arch, path)
  return await fileMember('bin/edgekit', path, 0o755)
}

/**
 * Build the bundles of a definition, one for each architecture. Nothing but finished bundles stays in the output
 * directory, whatever happens. Throws EdgekitError, and the reason of `signal` when that ends it.
 */
export async function buildBundles(options: BuildOptions): Promise<BuiltBundle[]> {
  const { architectures, outputDirectory, runSteps, signal } = options
  const runtimes = await Promise.all(architectures.map(checkedRuntime))
  const work = await makeWorkDirectory(outputDirectory)
  const run: Partial<Run> & Omit<Run, 'effectiveLock' | 'images'> = {
    ...options,
    work,
    downloads: join(work, 'downloads'),
    store: new BlobStore(work),
    registry: new Registry({ mirrors: options.mirrors }),
  }
  try {
    await mkdir(run.downloads)
    await runSteps([pinStep(run), pullStep(run as Run)])
    const bundles: BuiltBundle[] = []
    for (const [index, arch] of architectures.entries())
      bundles.push(await buildOne(run as Run, arch, runtimes[index] as TarMember))
    return bundles
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Settle what every tag and address stands for: by the lock, and where that says nothing, as it is now. */
function pinStep(run: Partial<Run> & Omit<Run, 'effectiveLock' | 'images'>): Step {
  const { definition, architectures, lock, registry, downloads, signal } = run
  return {
    title: 'Pin what goes in',
    async run(note) {
      if (lock.lock !== undefined && lock.differences.length === 0) {
        run.effectiveLock = lock.lock
        note('as edgekit.lock says')
        return
      }
      run.effectiveLock = await makeLock({
        definition,
        architectures,
        registry,
        known: lock.lock,
        downloads,
        signal,
      })
      note(
        lock.lock === undefined
          ? 'without edgekit.lock, tags are taken as they are now'
          : `edgekit.lock does not match, run edgekit lock: ${lock.differences.join('; ')}`,
      )
    },
  }
}

function pullStep(run: Run): Step {
  const { definition, architectures, registry, store, signal } = run
  return {
    title: `Pull the images for ${architectures.join(' and ')}`,
    async run(note) {
      const { effectiveLock: lock } = run
      run.images = await pullImages({ definition, architectures, lock, registry, store, signal })
      note(`${run.images.count}, ${formatBytes(run.images.size)}`)
    },
  }
}

async function buildOne(run: Run, arch: Architecture, runtime: TarMember): Promise<BuiltBundle> {
  const { definition, edgekitVersion, outputDirectory, runSteps, signal } = run
  const { store, downloads, effectiveLock: lock } = run
  const { directory } = definition
  const name = `kubeedge-${definition.role}`
  const path = join(outputDirectory, `${name}-${definition.kubeedge}-${arch}.tar.gz`)
  const work = join(run.work, arch)
  await mkdir(work)
  const imageOf = (reference: string): PulledImage => run.images.get(reference, arch)
  const references = definition.images.map(({ reference }) => reference)
  const archives = archiveNames(references)
  const archiveOf = (reference: string): string => archives.get(reference) as string
  const files = filesOf(definition, arch)
  const members: TarMember[] = []
  let manifest: Manifest | undefined

  const takeFiles: Step = {
    title: `Take ${files.map(file => basename(file.path)).join(', ')} for ${arch}`,
    async run() {
      for (const [index, file] of files.entries()) {
        signal.throwIfAborted()
        const destination = join(work, `file-${index}`)
        members.push(
          await takeFile(file, { arch, directory, lock, store, downloads, imageOf, destination, signal }),
        )
      }
    },
  }
  const writeArchives: Step = {
    title: `Write ${references.length} image archives for ${arch}`,
    async run() {
      for (const reference of references) {
        const file = join(work, basename(archiveOf(reference)))
        await writeArchive(imageOf(reference), store, file, signal)
        members.push(await fileMember(archiveOf(reference), file, 0o644))
      }
    },
  }
  const writeBundle: Step = {
    title: `Write ${basename(path)}`,
    async run(note) {
      const images = references.map(reference =>
        manifestImage(reference, archiveOf(reference), imageOf(reference)),
      )
      const texts = textMembers({
        definition,
        arch,
        edgekitVersion,
        images,
        lock,
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
        lockDigest: lockDigest(lock),
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
      const first: TarMember = { path: 'bundle.json', mode: 0o644, size: source.length, source }
      await pack([first, ...payload], path, work, signal)
      note(formatBytes((await stat(path)).size))
    },
  }

  await runSteps([takeFiles, writeArchives, writeBundle])
  await rm(work, { recursive: true })
  return {
    path,
    size: (await stat(path)).size,
    sha256: await sha256Of(path),
    manifest: manifest as Manifest,
  }
}
