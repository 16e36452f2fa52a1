import { type FileHandle, open } from 'node:fs/promises'
import { EdgekitError } from './errors.ts'

/** A part of a file to write: bytes in memory, or the whole of another file. */
export type ByteSource = Buffer | FileSource

interface FileSource {
  path: string
  /** Expected size in bytes. */
  size: number
  /** Name for error messages. */
  name: string
}

/**
 * Concatenate `sources` into chunks of equal size; only the last one may be shorter. Files are read straight into the
 * buffer that `fresh` allocates for each chunk. Throws EdgekitError when a file is shorter or longer than its `size`.
 */
export async function* readInChunks(
  sources: readonly ByteSource[],
  fresh: () => Buffer<ArrayBuffer>,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  let chunk = fresh()
  let filled = 0
  for (const source of sources) {
    const reader = Buffer.isBuffer(source) ? new BytesReader(source) : new FileReader(source)
    await using input = reader
    for (;;) {
      const count = await input.read(chunk, filled)
      if (count === 0) break
      filled += count
      if (filled < chunk.length) continue
      yield chunk
      chunk = fresh()
      filled = 0
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled)
}

class BytesReader implements AsyncDisposable {
  #rest: Buffer

  constructor(bytes: Buffer) {
    this.#rest = bytes
  }

  async read(into: Buffer, offset: number): Promise<number> {
    const count = this.#rest.copy(into, offset)
    this.#rest = this.#rest.subarray(count)
    return count
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class FileReader implements AsyncDisposable {
  readonly #file: FileSource
  #handle: FileHandle | undefined
  #done = 0

  constructor(file: FileSource) {
    this.#file = file
  }

  async read(into: Buffer, offset: number): Promise<number> {
    this.#handle ??= await open(this.#file.path)
    const { bytesRead } = await this.#handle.read(into, offset, into.length - offset, this.#done)
    this.#done += bytesRead
    const { name, size } = this.#file
    if (this.#done > size) throw wrongSize(name, size, `more than ${size} bytes`)
    if (bytesRead === 0 && this.#done < size) throw wrongSize(name, size, `only ${this.#done} bytes`)
    return bytesRead
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close()
  }
}

export const wrongSize = (name: string, expected: number, actual: string): EdgekitError =>
  new EdgekitError(`cannot pack ${name}: expected ${expected} bytes, found ${actual}`, {
    code: 'source-changed',
    remedy: 'Run the command again: the file changed while it was being packed.',
  })
