import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'

/** Reads a file given with a flag. Throws EdgekitError (usage). */
export async function requireText(path: string, flag: string, files: Files): Promise<string> {
  const unreadable = (reason: string): never => {
    throw new EdgekitError(`cannot read ${flag} ${path}: ${reason}`, { code: 'file-unreadable' })
  }
  const text = await files.read(path).catch(error => unreadable(messageOf(error)))
  return text ?? unreadable('no such file')
}
