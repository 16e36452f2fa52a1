import { type FileHandle, open } from 'node:fs/promises'
import { ThreadedHash } from '../../lib/hash/hash-thread.ts'

/** Bytes after which the disk starts to write, so that little is left to wait for at the end. */
const syncedSize = 64 * 1024 * 1024

export interface WrittenFile {
  path: string
  /** Bytes. */
  size: number
  sha256: string
}

interface OpenFile {
  path: string
  size: number
  hash: ThreadedHash
}

/** Writes bytes into one file, or into several of at most `largest` bytes; `nameOf` counts from 1. */
export class Output {
  readonly #nameOf: (number: number) => string
  readonly #largest: number
  /** The hash of all files together, and of a single one. */
  readonly #hash = new ThreadedHash()
  #syncedSize = 0
  #syncing: Promise<void> | undefined
  readonly #files: OpenFile[] = []
  #handle: FileHandle | undefined

  constructor(nameOf: (number: number) => string, largest = Number.POSITIVE_INFINITY) {
    this.#nameOf = nameOf
    this.#largest = largest
  }

  async write(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const current = await this.#current()
      const now = rest.subarray(0, this.#largest - current.size)
      // The errors of an open file name none.
      await this.#handle?.writeFile(now).catch(error => {
        throw Object.assign(error, { path: current.path })
      })
      // Another thread reads it again: cheap, because it is still in memory, and this thread can continue.
      for (const hash of new Set([this.#hash, current.hash]))
        hash.add({ path: current.path, from: current.size, size: now.length })
      current.size += now.length
      if (current.size - this.#syncedSize >= syncedSize) this.#startSync(current)
      rest = rest.subarray(now.length)
    }
  }

  /** What was written, and is now on the disk; `sha256` is that of all files, one after another. */
  async finish(): Promise<{ files: readonly WrittenFile[]; sha256: string }> {
    await this.#finishFile()
    const sha256 = await this.#hash.digest()
    const files: WrittenFile[] = []
    for (const { path, size, hash } of this.#files)
      files.push({ path, size, sha256: hash === this.#hash ? sha256 : await hash.digest() })
    return { files, sha256 }
  }

  async close(): Promise<void> {
    await this.#syncing
    await this.#handle?.close()
    this.#handle = undefined
  }

  async #current(): Promise<OpenFile> {
    const last = this.#files.at(-1)
    if (last !== undefined && last.size < this.#largest) return last
    await this.#finishFile()
    const hash = this.#largest === Number.POSITIVE_INFINITY ? this.#hash : new ThreadedHash()
    const file = { path: this.#nameOf(this.#files.length + 1), size: 0, hash }
    this.#handle = await open(file.path, 'wx', 0o666)
    this.#files.push(file)
    return file
  }

  async #finishFile(): Promise<void> {
    await this.#handle?.sync()
    await this.close()
    this.#syncedSize = 0
  }

  #startSync({ size }: OpenFile): void {
    if (this.#syncing !== undefined) return
    this.#syncedSize = size
    this.#syncing = this.#sync()
  }

  /** The sync at the end reports a failure of this one again. */
  async #sync(): Promise<void> {
    await this.#handle?.datasync().catch(() => undefined)
    this.#syncing = undefined
  }
}
