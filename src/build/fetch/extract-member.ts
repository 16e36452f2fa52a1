import { randomUUID } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path/posix'
import { EdgekitError } from '../../lib/errors.ts'
import { eachSourceEntry } from './source-archive.ts'

/**
 * Take one regular file out of a tar, packed with gzip, zstd or not at all. Nothing else of it is written. Throws
 * EdgekitError that lists what the archive has when it is not there; `name` is what the person knows the archive by.
 */
export async function extractMember(
  archive: string,
  member: string,
  destination: string,
  name: string,
): Promise<void> {
  const unfinished = `${destination}.${randomUUID()}.unfinished`
  const wanted = resolve('/', member)
  const files: string[] = []
  let found = false
  try {
    await eachSourceEntry(archive, name, entry => {
      if (!['File', 'OldFile', 'ContiguousFile'].includes(entry.type)) return
      files.push(entry.path)
      if (resolve('/', entry.path) !== wanted) return
      found = true
      const descriptor = openSync(unfinished, 'w', 0o644)
      entry.on('data', chunk => {
        for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written)
      })
      entry.on('end', () => closeSync(descriptor))
    })
    if (!found) throw absent(member, name, files)
    await rename(unfinished, destination)
  } finally {
    await rm(unfinished, { force: true })
  }
}

function absent(member: string, name: string, files: readonly string[]): EdgekitError {
  const some = files.slice(0, 10).join(', ')
  return new EdgekitError(`${name} has no file ${member}`, {
    code: 'archive-unusable',
    remedy:
      files.length === 0
        ? 'It is no tar archive, or an empty one: leave out member when it is the program itself.'
        : `It has ${some}${files.length > 10 ? ` and ${files.length - 10} more` : ''}.`,
  })
}
