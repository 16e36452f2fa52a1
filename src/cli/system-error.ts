import { EdgekitError, messageOf } from '../lib/errors.ts'
import { storageFailure } from '../lib/files/storage-failure.ts'

const reading = /^(?:open|scandir|l?stat|access|readlink|read)$/

/**
 * The EdgekitError for a file that this user may not read or change, and for a disk that is full or fails; undefined for any
 * other error. Everything else a user can cause has a message where it happens.
 */
export function systemError(error: NodeJS.ErrnoException): EdgekitError | undefined {
  const { code, path, syscall } = error
  const failure = storageFailure(error, path ?? '.')
  const isDenied = (code === 'EACCES' || code === 'EPERM') && path !== undefined
  if (!failure && !isDenied) return undefined
  const verb = reading.test(syscall ?? '') && code !== 'EROFS' ? 'read' : 'write'
  return new EdgekitError(`cannot ${verb} ${path ?? 'a file'}: ${messageOf(error)}`, {
    code: 'permission-denied',
    remedy: 'Run edgekit as root, or as a user who has access.',
    ...failure,
    cause: error,
  })
}
