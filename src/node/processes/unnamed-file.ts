import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

// O_TMPFILE of open(2), Linux >= 3.11, which Node.js does not export: the same value on amd64 and arm64.
const temporaryFile = 0o20000000 | constants.O_DIRECTORY

/** A file in memory without a name: the kernel frees it when the last process that has it open ends. */
export const unnamedFile = (): Promise<FileHandle> => open('/run', temporaryFile | constants.O_RDWR, 0o600)

/** The text that programs have written to it. */
export async function writtenTo(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const { buffer } = await file.read(Buffer.alloc(size), 0, size, 0)
  return buffer.toString()
}
