import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { EdgekitError, messageOf } from '../errors.ts'
import { storageFailure } from './storage-failure.ts'

/**
 * Requires that an output that the user named can be written. What has its name is replaced, so it must be a regular
 * file or nothing: not /dev/null, and nothing else in /dev. Throws EdgekitError (output-not-writable).
 */
export async function requireOutputFile(path: string): Promise<void> {
  try {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    if (found?.isDirectory()) throw new Error('it is a directory')
    if ((found && !found.isFile()) || /^\/(?:dev|proc)\//.test(resolve(path)))
      throw new Error('it is not a regular file')
    await access(dirname(path), constants.W_OK)
  } catch (error) {
    throw notWritable(path, error)
  }
}

export const notWritable = (path: string, cause: unknown): EdgekitError =>
  new EdgekitError(`cannot write ${path}: ${messageOf(cause)}`, {
    code: 'output-not-writable',
    remedy: 'Name a file in a directory that exists and that this user can write.',
    ...storageFailure(cause, path),
    cause,
  })
