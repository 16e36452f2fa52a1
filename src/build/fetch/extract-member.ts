import { randomUUID } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path/posix'
import { EdgekitError } from '../../lib/errors.ts'
import { eachSourceEntry } from './source-archive.ts'

/**
 * Extract one regular file of a tar archive, and nothing else; `name` is the archive's name in messages. Throws
 * EdgekitError, which lists what the archive contains if the file is not there.
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
  return new EdgekitError(`cannot extract ${member} from ${name}: no such file`, {
    code: 'archive-unusable',
    remedy:
      files.length === 0
        ? 'Omit member if the source is the program itself; it is not a tar archive, or an empty one.'
        : `Set member to one of its files: ${some}${files.length > 10 ? ` and ${files.length - 10} more` : ''}.`,
  })
}
