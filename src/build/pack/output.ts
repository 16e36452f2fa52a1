import { type FileHandle, open } from 'node:fs/promises'
import { ThreadedHash } from '../../lib/hash/hash-thread.ts'

/** Bytes after which the disk is told to begin: at the end there is little left to wait for. */
const synced = 64 * 1024 * 1024

export interface WrittenFile {
  path: string
  /** Bytes. */
  size: number
}

/** Bytes on their way into one file, or into several of at most `largest` bytes; `nameOf` counts from 1. */
export class Output {
  readonly #nameOf: (number: number) => string
  readonly #largest: number
  readonly #hash = new ThreadedHash()
  #syncedSize = 0
  #syncing: Promise<void> | undefined
  readonly #files: WrittenFile[] = []
  #handle: FileHandle | undefined

  constructor(nameOf: (number: number) => string, largest = Number.POSITIVE_INFINITY) {
    this.#nameOf = nameOf
    this.#largest = largest
  }

  async write(buffers: readonly Buffer[]): Promise<void> {
    let rest = buffers.filter(({ length }) => length > 0)
    while (rest.length > 0) {
      const current = await this.#current()
      const { now, later } = split(rest, this.#largest - current.size)
      await this.#handle?.writev(now)
      const written = now.reduce((sum, { length }) => sum + length, 0)
      // Read again by another thread: that is cheap, because it is still in memory, and here is time to go on.
      this.#hash.add({ path: current.path, from: current.size, size: written })
      current.size += written
      if (current.size - this.#syncedSize >= synced) this.#startSync(current)
      rest = later
    }
  }

  /** What was written; `sha256` is that of all files one after another. On the disk when this returns. */
  async finish(): Promise<{ files: readonly WrittenFile[]; sha256: string }> {
    await this.#next()
    return { files: this.#files, sha256: await this.#hash.digest() }
  }

  async close(): Promise<void> {
    await this.#syncing
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
    this.#syncedSize = 0
  }

  #startSync({ size }: WrittenFile): void {
    if (this.#syncing !== undefined) return
    this.#syncedSize = size
    this.#syncing = this.#sync()
  }

  /** An error of this comes again with the sync at the end. */
  async #sync(): Promise<void> {
    await this.#handle?.datasync().catch(() => undefined)
    this.#syncing = undefined
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
