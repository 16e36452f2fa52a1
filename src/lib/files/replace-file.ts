import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants

/** Always the same name, so that a later process finds what a killed one left. */
export const temporaryOf = (path: string): string => `${path}.edgekit-part`

/** Sync the names in a directory to the disk. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  await directory.sync()
}

/** Another user's file or directory can have the usual name in /tmp. */
async function freeName(path: string): Promise<string> {
  const usual = temporaryOf(path)
  try {
    await unlink(usual)
  } catch (error) {
    const isFree = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!isFree) return temporaryOf(`${path}.${randomBytes(8).toString('hex')}`)
  }
  return usual
}

/** Create something under a temporary name beside `path`, then rename it; a failure leaves nothing behind. */
export async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = await freeName(path)
  try {
    await make(temporary)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    // For the caller, writing `path` failed: calls on an open file, such as fchown, name none, and others the temporary one.
    throw error instanceof Error ? Object.assign(error, { path, syscall: 'write' }) : error
  }
  await syncDirectory(dirname(path))
}

/**
 * Write a file atomically: readers see the old one or the new one, also after a power cut. `fill` writes it, and sets
 * owner and mode, through the one descriptor that created it: others who can write to the directory can exchange what
 * has its name, but not what it is. Throws the system error.
 */
export const replaceFile = (path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> =>
  replace(path, async temporary => {
    await using file = await open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    await fill(file)
    await file.sync()
  })
