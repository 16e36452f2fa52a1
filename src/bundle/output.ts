import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

export interface WrittenFile {
  path: string
  /** Bytes. */
  size: number
}

/** Bytes on their way into one file, or into several of at most `largest` bytes; `nameOf` counts from 1. */
export class Output {
  readonly #nameOf: (number: number) => string
  readonly #largest: number
  readonly #hash = createHash('sha256')
  readonly #files: WrittenFile[] = []
  #handle: FileHandle | undefined

  constructor(nameOf: (number: number) => string, largest = Number.POSITIVE_INFINITY) {
    this.#nameOf = nameOf
    this.#largest = largest
  }

  async write(buffers: readonly Buffer[]): Promise<void> {
    for (const buffer of buffers) this.#hash.update(buffer)
    let rest = buffers.filter(({ length }) => length > 0)
    while (rest.length > 0) {
      const current = await this.#current()
      const { now, later } = split(rest, this.#largest - current.size)
      await this.#handle?.writev(now)
      current.size += now.reduce((sum, { length }) => sum + length, 0)
      rest = later
    }
  }

  /** What was written; `sha256` is that of all files one after another. On the disk when this returns. */
  async finish(): Promise<{ files: readonly WrittenFile[]; sha256: string }> {
    await this.#next()
    return { files: this.#files, sha256: this.#hash.digest('hex') }
  }

  async close(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
  }

  async #current(): Promise<WrittenFile> {
    const last = this.#files.at(-1)
    if (last !== undefined && last.size < this.#largest) return last
    await this.#next()
    const file = { path: this.#nameOf(this.#files.length + 1), size: 0 }
    this.#handle = await open(file.path, 'wx', 0o666)
    this.#files.push(file)
    return file
  }

  async #next(): Promise<void> {
    await this.#handle?.sync()
    await this.close()
  }
}

/** The first `size` bytes of some buffers, and the rest. */
function split(buffers: readonly Buffer[], size: number): { now: Buffer[]; later: Buffer[] } {
  const [now, later]: [Buffer[], Buffer[]] = [[], []]
  let left = size
  for (const buffer of buffers) {
    if (buffer.length <= left) now.push(buffer)
    else {
      if (left > 0) now.push(buffer.subarray(0, left))
      later.push(buffer.subarray(left))
    }
    left -= Math.min(left, buffer.length)
  }
  return { now, later }
}
