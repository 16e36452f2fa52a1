import type { KeyObject } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { Architecture } from '../bundle/manifest.ts'
import { EdgekitError } from '../lib/errors.ts'
import { formatBytes } from '../lib/format.ts'
import type { StepRunner } from '../lib/step.ts'
import { isOutOfSpace, StorageError } from '../oci/cache/storage-error.ts'
import type { ImageAccess } from '../oci/sources/fetch-image.ts'
import type { TarMember } from '../tar/write.ts'
import { assembleBundle } from './assemble.ts'
import type { Definition } from './definition/definition.ts'
import { requireProgramFile } from './fetch/elf.ts'
import { makeLock } from './fetch/make-lock.ts'
import { type PulledImages, pullImages } from './fetch/pull-images.ts'
import type { Lock } from './lock/lock.ts'
import type { UsedLock } from './lock/lock-file.ts'
import { EagerPacker, type Hashed } from './pack/eager-packer.ts'
import { edgekitExecutableFor } from './pack/edgekit-executable.ts'
import type { WrittenBundle } from './pack/write-bundle.ts'
import { makeWorkDirectory } from './work-directory.ts'

export interface BuildOptions {
  definition: Definition
  /** One bundle is built for each. */
  architectures: readonly Architecture[]
  lock: UsedLock
  edgekitVersion: string
  /** Directory the bundles are written to; made if missing. */
  outputDirectory: string
  images: ImageAccess
  signingKey?: KeyObject | undefined
  /** The most bytes of one file; the bundles are split into such parts. */
  partSize?: number | undefined
  runSteps: StepRunner
  signal: AbortSignal
}

/**
 * Build the bundles of a definition, one for each architecture. Nothing but finished bundles stays in the output
 * directory, whatever happens; without any, it goes if it was made here. Throws EdgekitError, and the reason of `signal`
 * when that ends it.
 */
export async function buildBundles(options: BuildOptions): Promise<WrittenBundle[]> {
  const { architectures, outputDirectory, signal } = options
  const runtimes = await Promise.all(architectures.map(checkedRuntime))
  const work = await makeWorkDirectory(outputDirectory)
  const ahead = new EagerPacker(work.path)
  try {
    return await build(
      options,
      work.path,
      ahead,
      runtimes.map(runtime => ahead.pack(runtime)),
    )
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof StorageError || !isOutOfSpace(error)) throw error
    throw new EdgekitError(`no space left on the disk of ${outputDirectory}, where the bundle is written`, {
      code: 'no-space',
      remedy:
        'Free some, or name a directory on a larger disk with --output: the programs lie there a second time while it is made.',
      cause: error,
    })
  } finally {
    await ahead.stop()
    await work.remove()
  }
}

async function build(
  options: BuildOptions,
  work: string,
  ahead: EagerPacker,
  runtimes: readonly Hashed[],
): Promise<WrittenBundle[]> {
  const { definition, architectures, runSteps, signal } = options
  let lock: Lock | undefined
  let pulled: PulledImages | undefined
  await runSteps([
    {
      title: 'Pin what goes in',
      async run(note) {
        lock = await effectiveLock(options)
        note(wordsFor(options.lock))
      },
    },
    {
      title: `Pull the images for ${architectures.join(' and ')}`,
      async run(note) {
        pulled = await pullImages({
          definition,
          architectures,
          lock: lock as Lock,
          images: options.images,
          signal,
        })
        note(`${pulled.count}, ${formatBytes(pulled.size)}`)
      },
    },
  ])
  const bundles: WrittenBundle[] = []
  for (const [index, arch] of architectures.entries()) {
    const imageOf = (reference: string) => (pulled as PulledImages).get(reference, arch)
    const runtime = runtimes[index] as Hashed
    bundles.push(
      await assembleBundle({
        ...options,
        arch,
        lock: lock as unknown as Lock,
        runtime,
        ahead,
        imageOf,
        work,
      }),
    )
  }
  return bundles
}

/** The lock as it is when it says everything; else what it lacks is looked up now. */
async function effectiveLock(options: BuildOptions): Promise<Lock> {
  const { lock, differences } = options.lock
  if (lock !== undefined && differences.length === 0) return lock
  return await makeLock({ ...options, known: lock })
}

function wordsFor({ lock, differences }: UsedLock): string {
  if (lock === undefined) return 'without edgekit.lock, tags are taken as they are now'
  if (differences.length === 0) return 'as edgekit.lock says'
  return `edgekit.lock does not match, run edgekit lock: ${differences.join('; ')}`
}

async function checkedRuntime(arch: Architecture): Promise<TarMember> {
  const path = edgekitExecutableFor(arch)
  await requireProgramFile(path, arch, path)
  return { path: 'bin/edgekit', mode: 0o755, size: (await stat(path)).size, source: path }
}
