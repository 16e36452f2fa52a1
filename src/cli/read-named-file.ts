import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readInput } from '../lib/files/read-input.ts'
import { readStdin } from './stdin.ts'

/** Read a file that the user named, of at most `most` bytes. Throws EdgekitError (file-unreadable). */
export const readNamedFile = (path: string, most: number): Promise<Buffer> =>
  readInput(path, most).catch(error => {
    throw new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
      code: 'file-unreadable',
      remedy: 'Check the path and its permissions.',
      cause: error,
    })
  })

/** The same, and standard input for `-`. */
export const readFileOrStdin = (path: string, most: number): Promise<Buffer> =>
  path === '-' ? readStdin(most) : readNamedFile(path, most)
