import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'

const unreadable = (path: string, flag: string, reason: string): EdgekitError =>
  new EdgekitError(`cannot read ${flag} ${path}: ${reason}`, { code: 'file-unreadable' })

/**
 * Requires that a file given with a flag can be read, and does not read it: what a pipe holds can be read only once. A
 * named pipe is refused, because it can wait for a writer forever; the shell's <(command) is a link to a pipe that has
 * one. Throws EdgekitError (file-unreadable).
 */
export async function requireFile(path: string, flag: string, files: Files): Promise<void> {
  try {
    const found = await files.status(path)
    if (!found) throw new Error('no such file')
    if (found.kind === 'directory') throw new Error('it is a directory')
    if (found.kind === 'other') throw new Error('it is not a regular file')
    if (found.kind === 'file') await files.head(path, 1)
  } catch (error) {
    throw unreadable(path, flag, messageOf(error))
  }
}

/** Reads a file given with a flag. Throws EdgekitError (file-unreadable). */
export async function requireText(path: string, flag: string, files: Files): Promise<string> {
  await requireFile(path, flag, files)
  const text = await files.read(path).catch(error => {
    throw unreadable(path, flag, messageOf(error))
  })
  if (text === undefined) throw unreadable(path, flag, 'no such file')
  return text
}
