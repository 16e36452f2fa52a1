import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { otherDigest, otherSize, tooLong, tooShort } from '../../http/content-mismatch.ts'
import { detachBuffer } from '../../lib/detach-buffer.ts'
import { hashFile } from '../../lib/hash/hash-file.ts'
import { ThreadedHash } from '../../lib/hash/hash-thread.ts'
import { limit } from '../../lib/limit.ts'
import { makeDirectories } from '../../lib/make-directories.ts'
import type { Descriptor } from '../descriptor.ts'
import { digestOf } from '../digest.ts'
import { storing } from './storage-error.ts'

/** Bytes gathered before they are written: what comes from the network comes in pieces, which are not ours to keep. */
const writeSize = 512 * 1024
/** A blob from this size on is hashed by another thread, from its file; for a small one that is not worth it. */
const largeSize = 4 * 1024 * 1024

type Content = Pick<Descriptor, 'digest' | 'size'>

/** A blob by its digest; the size is held against it when it is known. */
interface Wanted {
  digest: string
  size?: number | undefined
}

/**
 * Blobs by digest in a directory, laid out as in an OCI image layout: `blobs/sha256/<hex>`. Whatever has its final name
 * there was complete and had the right digest when it was written, so any number of processes can share one. Disks
 * decay and people edit: each blob is read and hashed again before this store says for the first time that it has it.
 */
export class BlobStore {
  readonly directory: string
  readonly #running = new Map<string, Promise<unknown>>()
  readonly #verified = new Map<string, number>()
  readonly #oneAtATime = limit(1)

  constructor(directory: string) {
    this.directory = directory
  }

  path(digest: string): string {
    return join(this.directory, 'blobs', ...digest.split(':'))
  }

  read(digest: string): Promise<Buffer> {
    return readFile(this.path(digest))
  }

  /** The size of a blob in bytes; nothing when it is not there, or damaged. */
  async sizeOf(digest: string): Promise<number | undefined> {
    return this.#verified.get(digest) ?? (await this.#verify(digest))
  }

  /** Whether the blob is there and undamaged. Throws ContentMismatch when only the size in the descriptor is wrong. */
  async holds({ digest, size }: Wanted): Promise<boolean> {
    const actual = await this.sizeOf(digest)
    if (actual === undefined) return false
    if (size !== undefined && actual !== size) throw otherSize(digest, size, actual)
    return true
  }

  /**
   * Make sure the blob is there: `fill` is called only when it is not, and once however many ask at the same time. When
   * the one who fills fails, the next of those waiting tries on its own account.
   */
  async ensure(blob: Wanted, fill: () => Promise<void>): Promise<void> {
    for (;;) {
      const running = this.#running.get(blob.digest)
      if (running === undefined) break
      await running.catch(() => undefined)
    }
    const run = this.holds(blob)
      .then(async there => (there ? undefined : await fill()))
      .finally(() => this.#running.delete(blob.digest))
    this.#running.set(blob.digest, run)
    await run
  }

  /** Write what `source` gives; it appears only if size and digest are as described, else `ContentMismatch`. */
  async write({ digest, size }: Wanted, source: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#write(source, size ?? Number.POSITIVE_INFINITY, (seen, received) => {
      if (size !== undefined && received > size) throw tooLong({ digest, size })
      if (size !== undefined && received < size) throw tooShort({ digest, size }, received)
      if (seen !== digest) throw otherDigest(digest, seen)
    })
  }

  /** Write what `source` gives, whatever it is; says under which digest. */
  add(source: AsyncIterable<Uint8Array>): Promise<Content> {
    return this.#write(source, Number.POSITIVE_INFINITY, () => undefined)
  }

  /** Write bytes that are in memory already, as `write` does. */
  async writeBytes(digest: string, bytes: Uint8Array): Promise<void> {
    const actual = digestOf(bytes)
    if (actual !== digest) throw otherDigest(digest, actual)
    const content = { digest, size: bytes.length }
    await this.ensure(content, () => this.write(content, one(bytes)))
  }

  async #write(
    source: AsyncIterable<Uint8Array>,
    most: number,
    check: (digest: string, size: number) => void,
  ): Promise<Content> {
    const unfinished = join(this.directory, 'blobs/sha256', `${randomUUID()}.unfinished`)
    const file = await storing(this.directory, async () => {
      await makeDirectories(dirname(unfinished))
      return await open(unfinished, 'wx', 0o644)
    })
    try {
      const { size, sha256 } = await this.#copy(source, file, unfinished, most)
      const digest = `sha256:${sha256}`
      check(digest, size)
      await storing(this.directory, async () => {
        await file.close()
        await rename(unfinished, this.path(digest))
      })
      this.#verified.set(digest, size)
      return { digest, size }
    } finally {
      await file.close().catch(() => undefined)
      await rm(unfinished, { force: true })
    }
  }

  async #copy(
    source: AsyncIterable<Uint8Array>,
    file: FileHandle,
    path: string,
    most: number,
  ): Promise<{ size: number; sha256: string }> {
    const hash = most < largeSize ? createHash('sha256') : new ThreadedHash()
    const buffer = Buffer.allocUnsafeSlow(Math.min(writeSize, most + 1))
    let [size, filled] = [0, 0]
    const write = async (): Promise<void> => {
      const bytes = buffer.subarray(0, filled)
      filled = 0
      await storing(this.directory, () => file.writeFile(bytes))
      if (hash instanceof ThreadedHash) hash.add({ path, from: size, size: bytes.length })
      else hash.update(bytes)
      size += bytes.length
    }
    try {
      for await (const chunk of source) {
        for (let done = 0; done < chunk.length && size + filled <= most; ) {
          const count = Math.min(chunk.length - done, buffer.length - filled)
          buffer.set(chunk.subarray(done, done + count), filled)
          ;[done, filled] = [done + count, filled + count]
          if (filled === buffer.length) await write()
        }
        if (size + filled > most) break
      }
      await write()
    } finally {
      detachBuffer(buffer)
    }
    return { size, sha256: await (hash instanceof ThreadedHash ? hash.digest() : hash.digest('hex')) }
  }

  async #verify(digest: string): Promise<number | undefined> {
    const found = await this.#oneAtATime(() => hashAt(this.path(digest))).catch(() => undefined)
    // A damaged one stays until it is replaced: taking it away could take away what another process just put there.
    if (!found || `sha256:${found.sha256}` !== digest) return undefined
    this.#verified.set(digest, found.size)
    // When it was last used, for `cache prune`. A cache that cannot be written is still good to read.
    await utimes(this.path(digest), new Date(), new Date()).catch(() => undefined)
    return found.size
  }
}

async function hashAt(path: string): Promise<{ sha256: string; size: number }> {
  await using file = await open(path)
  return await hashFile(file)
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
