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

/** A password, certificates, or settings: all are far smaller. */
const mostTextBytes = 1024 * 1024

/** The text of such a file, without a line feed at its end; undefined without a path. Throws as above. */
export const readNamedText = async (path: string | undefined): Promise<string | undefined> =>
  path === undefined ? undefined : withoutLineFeed(await readNamedFile(path, mostTextBytes))

/** The same of a file or of standard input. */
export const readTextOrStdin = async (path: string): Promise<string> =>
  withoutLineFeed(await readFileOrStdin(path, mostTextBytes))

const withoutLineFeed = (bytes: Buffer): string => bytes.toString().replace(/\r?\n$/, '')
