import { mkdtemp, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { makeDirectories } from '../lib/make-directories.ts'

export interface WorkDirectory {
  path: string
  /** Remove it, and the output directory too when it was made for this and nothing is in it. */
  remove(): Promise<void>
}

/**
 * A directory beside the bundles, so that moving a bundle to its name is one rename. The output directory is made when
 * it is missing. Throws EdgekitError when that cannot be.
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
      remedy: 'Name a directory that can be written with --output.',
    })
  }
}

/** From `path` up to `last`, as long as there is nothing in them. */
async function removeEmpty(path: string, last: string): Promise<void> {
  const isRemoved = await rmdir(path).then(
    () => true,
    () => false,
  )
  if (isRemoved && path !== last) await removeEmpty(dirname(path), last)
}
