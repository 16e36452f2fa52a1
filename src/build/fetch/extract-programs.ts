import { closeSync, openSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { basename } from 'node:path/posix'
import { type Architecture, memberPattern } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { elfHeaderSize, isElf, requireProgram } from './elf.ts'
import { eachSourceEntry } from './source-archive.ts'

/** A benchmark, in every release of containerd. */
const notNeeded = 'containerd-stress'

/**
 * Extract every program of a tar archive, from any directory in it, to `directory`; scripts and texts are skipped. `name`
 * is the archive's name in messages. Returns the paths, sorted. Throws EdgekitError when a program is not for `arch`, or
 * there is none.
 */
export async function extractPrograms(
  archive: string,
  arch: Architecture,
  name: string,
  directory: string,
): Promise<string[]> {
  const programs: { path: string; entry: string; start: Buffer }[] = []
  await mkdir(directory)
  await eachSourceEntry(archive, name, entry => {
    const path = join(directory, basename(entry.path))
    if (entry.type !== 'File' || !((entry.mode ?? 0) & 0o111) || path.endsWith(notNeeded)) return
    let start = Buffer.alloc(0)
    let file: number | undefined
    entry.on('data', chunk => {
      if (file === undefined) {
        if (start.length >= elfHeaderSize) return
        start = Buffer.concat([start, chunk])
        if (start.length < elfHeaderSize || !isElf(start)) return
        const same = programs.find(program => program.path === path)
        if (same !== undefined) throw twoOfOneName(same.entry, entry.path)
        if (!memberPattern.test(basename(path))) throw unusableName(entry.path)
        file = openSync(path, 'w', 0o755)
        chunk = start
      }
      for (let written = 0; written < chunk.length; ) written += writeSync(file, chunk, written)
    })
    entry.on('end', () => {
      if (file === undefined) return
      closeSync(file)
      programs.push({ path, entry: entry.path, start: start.subarray(0, elfHeaderSize) })
    })
  })
  for (const { entry, start } of programs) requireProgram(start, arch, `${entry} in ${name}`)
  if (programs.length > 0) return programs.map(({ path }) => path).toSorted()
  throw new EdgekitError(`cannot use ${name}: expected a tar archive with programs for ${arch}, found none`, {
    code: 'archive-unusable',
    remedy: 'Use the archive of a release.',
  })
}

const twoOfOneName = (one: string, other: string): EdgekitError =>
  new EdgekitError(`${one} and ${other} have the same name`, {
    code: 'archive-unusable',
    remedy: 'Use an archive with only one of them.',
  })

const unusableName = (path: string): EdgekitError =>
  new EdgekitError(`${JSON.stringify(path)} is not a name for a program in a bundle`, {
    code: 'archive-unusable',
    remedy: 'Use an archive in which names consist of letters, digits and . _ @ + -.',
  })
