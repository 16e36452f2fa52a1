import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

// Node.js does not name it; the value is the same on all processors that bundles are made for (open(2), Linux >= 3.11).
const temporaryFile = 0o20000000 | constants.O_DIRECTORY

/** A file in memory that has no name: nothing of it is left when the last program that has it open ends. */
export const unnamedFile = (): Promise<FileHandle> => open('/run', temporaryFile | constants.O_RDWR, 0o600)

/** All that has been written to it. */
export async function writtenTo(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const { buffer } = await file.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString()
}
