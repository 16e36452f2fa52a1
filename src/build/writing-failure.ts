import { EdgekitError } from '../lib/errors.ts'
import { isOutOfSpace, StorageError } from '../oci/cache/storage-error.ts'

/** A failure of what writes a bundle, in the words for a full disk if it is one. */
export function writingFailure(error: unknown, outputDirectory: string, remedy: string): unknown {
  if (error instanceof StorageError || !isOutOfSpace(error)) return error
  return new EdgekitError(`cannot write the bundle to ${outputDirectory}: no space left`, {
    code: 'no-space',
    remedy,
    cause: error,
  })
}
