import { EdgekitError, messageOf } from '../lib/errors.ts'

/**
 * The EdgekitError for a file that this user may not read or change; undefined for any other error. Everything else a
 * user can cause has a message where it happens.
 */
export function permissionDenied(error: NodeJS.ErrnoException): EdgekitError | undefined {
  const { code, path, syscall } = error
  if (!['EACCES', 'EPERM', 'EROFS'].includes(code ?? '') || path === undefined) return undefined
  const verb = /^(?:open|scandir|l?stat|access|readlink)$/.test(syscall ?? '') ? 'read' : 'write'
  return new EdgekitError(`cannot ${verb} ${path}: ${messageOf(error)}`, {
    code: 'permission-denied',
    remedy: 'Run edgekit as root, or as a user who has access.',
    cause: error,
  })
}
