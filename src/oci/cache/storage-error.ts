import { EdgekitError, messageOf } from '../../lib/errors.ts'

/** The disk, and not what should be written to it, is the trouble: no registry can help. */
export class StorageError extends EdgekitError {}

const noSpace = ['ENOSPC', 'EDQUOT']
const notAllowed = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']

/** Does `work`, which writes below `directory`; what the system answers becomes a StorageError. */
export async function storing<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageError(directory, error)
  }
}

/** Whether a disk was full, told by the system or by an error with that as its cause. */
export const isOutOfSpace = (error: unknown): boolean =>
  noSpace.includes(codeOf(error)) || (error instanceof Error && noSpace.includes(codeOf(error.cause)))

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

function storageError(directory: string, error: unknown): StorageError {
  const code = codeOf(error)
  const explain = (message: string, remedy: string): StorageError =>
    new StorageError(message, { code: 'cache-not-writable', remedy, cause: error })
  if (noSpace.includes(code)) {
    return explain(
      `no space left on the disk of ${directory}`,
      'Free some, with edgekit cache prune for example, or name a directory on a larger disk with --cache.',
    )
  }
  if (notAllowed.includes(code)) {
    return explain(
      `cannot write to the cache ${directory}: ${messageOf(error)}`,
      'Name a directory that can be written with --cache.',
    )
  }
  return explain(
    `cannot keep files in ${directory}: ${messageOf(error)}`,
    'Check that disk, or name another with --cache.',
  )
}
