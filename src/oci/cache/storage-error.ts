import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { storageFailure } from '../../lib/files/storage-failure.ts'
import { shellWord } from '../../lib/format.ts'

/** The disk of the cache failed, not the content: trying another registry does not help. */
export class StorageError extends EdgekitError {}

/** Run `work`, which writes below `directory`; its system errors become StorageErrors. */
export async function storing<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageError(directory, error)
  }
}

/** Whether `error` or its cause is a full disk or quota. */
export const isOutOfSpace = (error: unknown): boolean => storageFailure(error, '.')?.code === 'no-space'

function storageError(directory: string, error: unknown): StorageError {
  const failure = storageFailure(error, directory)
  const remedy =
    failure?.code === 'no-space'
      ? `Free disk space, or choose a directory on a larger disk with --cache DIR:\n  edgekit cache prune --cache ${shellWord(directory)}`
      : failure?.code === 'too-many-open-files'
        ? failure.remedy
        : 'Choose a writable directory with --cache DIR.'
  return new StorageError(`cannot write to the cache ${directory}: ${messageOf(error)}`, {
    code: 'cache-not-writable',
    remedy,
    cause: error,
  })
}
