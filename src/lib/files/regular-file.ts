import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/**
 * Open a regular file for reading and return it with its size in bytes. A pipe would block, and a device never ends.
 * `follow: false` also refuses a symbolic link. Throws an Error, or that of the system.
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
    if (!found.isFile()) throw new Error('it is not a regular file')
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
  if (size > most) throw new Error(`it has ${size} bytes, the limit is ${most}`)
  const { buffer, bytesRead } = await source.read(Buffer.alloc(size), { position: 0 })
  return buffer.subarray(0, bytesRead)
}
