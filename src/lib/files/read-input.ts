import { readFile, stat } from 'node:fs/promises'

/**
 * Read a file that the user named. Throws an error that messageOf can explain; a named pipe is one, because opening it
 * waits until something writes to it, forever.
 */
export async function readInput(path: string): Promise<Buffer> {
  // The shell's <(command) is a pipe in /dev/fd, which has a writer.
  if (!/^\/(?:dev|proc)\//.test(path) && (await stat(path)).isFIFO()) throw new Error('it is a named pipe')
  return await readFile(path)
}
