import { EdgekitError, exitCodes } from '../errors.ts'
import { eachArchiveEntry } from './archive-entries.ts'
import { elfHeaderSize, isElf, requireProgram } from './elf.ts'
import type { Architecture } from './manifest.ts'

/** Throws EdgekitError when a tar has a program that is not for `arch`, or no program at all. */
export async function requireArchivedPrograms(
  archive: string,
  arch: Architecture,
  name: string,
): Promise<void> {
  const starts: { path: string; start: Buffer }[] = []
  await eachArchiveEntry(archive, name, entry => {
    if ((entry.mode ?? 0) & 0o111) {
      const parts: Buffer[] = []
      let size = 0
      entry.on('data', chunk => {
        if (size < elfHeaderSize) parts.push(Buffer.from(chunk.subarray(0, elfHeaderSize - size)))
        size += chunk.length
      })
      entry.on('end', () => starts.push({ path: entry.path, start: Buffer.concat(parts) }))
    }
  })
  const programs = starts.filter(({ start }) => isElf(start))
  for (const { path, start } of programs) requireProgram(start, arch, `${path} in ${name}`)
  if (programs.length > 0) return
  throw new EdgekitError(`${name}: expected a tar archive with programs for ${arch}, found none in it`, {
    exitCode: exitCodes.refused,
    remedy: 'Check that the source is the archive of a release.',
  })
}
