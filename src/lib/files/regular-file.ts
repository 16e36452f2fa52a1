import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** Major 1, minor 3 (null(4)). systemd masks a unit or a drop-in with a link to it, and it reads as an empty file. */
const nullDevice = 0x103

/**
 * Open a regular file, or /dev/null, for reading and return it with its size in bytes. A pipe would block, and a device
 * never ends. `follow: false` also refuses a symbolic link. Throws an Error, or that of the system.
 */
export async function openRegular(
  path: string,
  { follow = true }: { follow?: boolean } = {},
): Promise<{ file: FileHandle; size: number }> {
  // A pipe without a writer opens at once with O_NONBLOCK, which means nothing to a regular file (open(2)).
  const file = await open(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW)).catch(error => {
    throw error.code === 'ELOOP' && !follow ? new Error('it is a symbolic link', { cause: error }) : error
  })
  try {
    const found = await file.stat()
    if (found.isDirectory()) throw new Error('it is a directory')
    if (!found.isFile() && found.rdev !== nullDevice) throw new Error('it is not a regular file')
    return { file, size: found.size }
  } catch (error) {
    await file.close()
    throw error
  }
}

/**
 * Read a regular file of at most `most` bytes through one descriptor, without following a link unless `follow`. Throws an
 * Error, or that of the system.
 */
export async function readRegular(
  path: string,
  most: number,
  { follow = false }: { follow?: boolean } = {},
): Promise<Buffer> {
  const { file, size } = await openRegular(path, { follow })
  await using source = file
  return await readAtMost(source, size, most)
}

/** Files of /proc have no size, and others can grow. */
const leastBytes = 4096

/** Read the rest of an open file of about `size` bytes. Throws an Error when there are more than `most`. */
export async function readAtMost(file: FileHandle, size: number, most: number): Promise<Buffer> {
  if (size > most) throw new Error(`it has ${size} bytes, the limit is ${most}`)
  let whole = Buffer.allocUnsafe(Math.max(size + 1, leastBytes))
  for (let filled = 0; ; ) {
    const { bytesRead } = await file.read(whole, filled, whole.length - filled, null)
    if (bytesRead === 0) return whole.subarray(0, filled)
    filled += bytesRead
    if (filled > most) throw new Error(`it has more than ${most} bytes`)
    if (filled === whole.length) whole = Buffer.concat([whole, Buffer.allocUnsafe(whole.length)])
  }
}
