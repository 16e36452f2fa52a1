import { mkdtemp, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { storageFailure } from '../lib/files/storage-failure.ts'
import { makeDirectories } from '../lib/make-directories.ts'

export interface WorkDirectory {
  path: string
  /** Remove it, and the output directory too if it was created for this and is empty. */
  remove(): Promise<void>
}

/**
 * Create a directory in the output directory, so that a finished bundle is moved to its name by one rename. The output
 * directory is created if missing. Throws EdgekitError.
 */
export async function makeWorkDirectory(outputDirectory: string): Promise<WorkDirectory> {
  try {
    const first = await makeDirectories(outputDirectory)
    const path = await mkdtemp(join(outputDirectory, '.edgekit-'))
    return {
      path,
      async remove() {
        await rm(path, { recursive: true, force: true })
        if (first !== undefined) await removeEmpty(outputDirectory, first)
      },
    }
  } catch (error) {
    throw new EdgekitError(`cannot write to ${outputDirectory}: ${messageOf(error)}`, {
      code: 'output-not-writable',
      remedy: 'Name a writable directory with --output.',
      ...storageFailure(error, join(outputDirectory, '.')),
      cause: error,
    })
  }
}

/** Remove empty directories from `path` up to `last`. */
async function removeEmpty(path: string, last: string): Promise<void> {
  const isRemoved = await rmdir(path).then(
    () => true,
    () => false,
  )
  if (isRemoved && path !== last) await removeEmpty(dirname(path), last)
}
