import { open } from 'node:fs/promises'
import { readAtMost, readRegular } from './regular-file.ts'

/**
 * Read a file that the user named, of at most `most` bytes. Throws an error that messageOf can explain, also for a named
 * pipe, which may never have a writer, and for a device, which never ends.
 */
export async function readInput(path: string, most: number): Promise<Buffer> {
  // The shell's <(command) is a pipe in /dev/fd, which has a writer.
  if (!/^\/(?:dev\/fd|proc\/self\/fd)\/|^\/dev\/stdin$/.test(path))
    return await readRegular(path, most, { follow: true })
  await using file = await open(path)
  return await readAtMost(file, 0, most)
}
