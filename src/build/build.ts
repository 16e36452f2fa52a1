import { stat } from 'node:fs/promises'
import type { Architecture } from '../bundle/manifest.ts'
import { formatBytes } from '../lib/format.ts'
import { assembleBundle } from './assemble.ts'
import type { BuildOptions } from './build-options.ts'
import { requireProgramFile } from './fetch/elf.ts'
import { makeLock } from './fetch/make-lock.ts'
import { pullImages } from './fetch/pull-images.ts'
import type { UsedLock } from './lock/lock-file.ts'
import { EagerPacker } from './pack/eager-packer.ts'
import { edgekitExecutableFor } from './pack/edgekit-executable.ts'
import type { PayloadMember } from './pack/payload-member.ts'
import type { WrittenBundle } from './pack/write-bundle.ts'
import { makeWorkDirectory } from './work-directory.ts'
import { writingFailure } from './writing-failure.ts'

/**
 * Build the bundles of a definition, one for each architecture. Only finished bundles stay in the output directory,
 * whatever happens; without any, it is removed again if it was created here. Throws EdgekitError, and the reason of
 * `signal`.
 */
export async function buildBundles(options: BuildOptions): Promise<WrittenBundle[]> {
  const { architectures, outputDirectory, signal } = options
  const executables = await Promise.all(architectures.map(executableMember))
  const work = await makeWorkDirectory(outputDirectory)
  const packer = new EagerPacker(work.path)
  try {
    const packed = executables.map(executable => packer.pack(executable))
    return await build(options, packed, packer, work.path)
  } catch (error) {
    signal.throwIfAborted()
    throw writingFailure(
      error,
      outputDirectory,
      'Free some space, or name a directory on a larger disk with --output. A build needs room for the programs twice.',
    )
  } finally {
    await packer.stop()
    await work.remove()
  }
}

/** `executables`: edgekit for each of the architectures. */
async function build(
  options: BuildOptions,
  executables: readonly PayloadMember[],
  packer: EagerPacker,
  workDirectory: string,
): Promise<WrittenBundle[]> {
  const { architectures, runStep } = options
  const lock = await runStep('Pin the inputs', async note => {
    note(describeLock(options.lock))
    const { lock, differences } = options.lock
    return lock !== undefined && differences.length === 0 ? lock : await makeLock(options, lock)
  })
  const pulled = await runStep(`Pull images for ${architectures.join(' and ')}`, async note => {
    const pulled = await pullImages(options, lock)
    note(`${pulled.count}, ${formatBytes(pulled.size)}`)
    return pulled
  })
  const bundles: WrittenBundle[] = []
  for (const [index, arch] of architectures.entries()) {
    const executable = executables[index] as PayloadMember
    const imageOf = (reference: string) => pulled.get(reference, arch)
    bundles.push(await assembleBundle(options, { arch, lock, executable, packer, imageOf, workDirectory }))
  }
  return bundles
}

function describeLock({ lock, differences }: UsedLock): string {
  if (lock === undefined) return 'no edgekit.lock, using current tags'
  if (differences.length === 0) return 'from edgekit.lock'
  return `edgekit.lock does not match, run edgekit lock: ${differences.join('; ')}`
}

async function executableMember(arch: Architecture): Promise<PayloadMember> {
  const path = edgekitExecutableFor(arch)
  await requireProgramFile(path, arch, path)
  return { path: 'bin/edgekit', mode: 0o755, size: (await stat(path)).size, source: path }
}
