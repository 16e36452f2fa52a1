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

/** Bytes buffered before a write: network chunks are small and their memory is reused. */
const writeSize = 512 * 1024
/** Blobs of this many bytes or more are hashed in the hash thread. */
const largeSize = 4 * 1024 * 1024

type Content = Pick<Descriptor, 'digest' | 'size'>

/** A blob to look up; its size (bytes) is checked if given. */
interface BlobQuery {
  digest: string
  size?: number | undefined
}

/**
 * Blobs by digest in a directory, laid out as an OCI image layout: `blobs/sha256/<hex>`. A file gets its final name only
 * when complete and verified, so processes can share a directory. Because disks fail and people edit files, each store
 * instance hashes a blob again before using it for the first time.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md#blobs
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

  /** Size of a blob in bytes; undefined when it is missing or damaged. */
  async sizeOf(digest: string): Promise<number | undefined> {
    return this.#verified.get(digest) ?? (await this.#verify(digest))
  }

  /** Whether the blob exists undamaged. Throws ContentMismatch when it does but has another size than `size`. */
  async holds({ digest, size }: BlobQuery): Promise<boolean> {
    const actual = await this.sizeOf(digest)
    if (actual === undefined) return false
    if (size !== undefined && actual !== size) throw otherSize(digest, size, actual)
    return true
  }

  /**
   * Call `fill` unless the blob exists. Concurrent calls for one blob share a single `fill`; if it fails, the next caller
   * runs its own.
   */
  async ensure(blob: BlobQuery, fill: () => Promise<void>): Promise<void> {
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

  /** Store the bytes of `source` if size and digest match; otherwise throw ContentMismatch. */
  async write({ digest, size }: BlobQuery, source: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#write(source, size ?? Number.POSITIVE_INFINITY, (seen, received) => {
      if (size !== undefined && received > size) throw tooLong({ digest, size })
      if (size !== undefined && received < size) throw tooShort({ digest, size }, received)
      if (seen !== digest) throw otherDigest(digest, seen)
    })
  }

  /** Store the bytes of `source` and return their digest and size. */
  add(source: AsyncIterable<Uint8Array>): Promise<Content> {
    return this.#write(source, Number.POSITIVE_INFINITY, () => undefined)
  }

  /** Like `write`, for bytes in memory. */
  async writeBytes(digest: string, bytes: Uint8Array): Promise<void> {
    const actual = digestOf(bytes)
    if (actual !== digest) throw otherDigest(digest, actual)
    const content = { digest, size: bytes.length }
    await this.ensure(content, () => this.write(content, one(bytes)))
  }

  async #write(
    source: AsyncIterable<Uint8Array>,
    maxBytes: number,
    check: (digest: string, size: number) => void,
  ): Promise<Content> {
    const unfinished = join(this.directory, 'blobs/sha256', `${randomUUID()}.unfinished`)
    const file = await storing(this.directory, async () => {
      await makeDirectories(dirname(unfinished))
      return await open(unfinished, 'wx', 0o644)
    })
    try {
      const { size, sha256 } = await this.#copy(source, file, unfinished, maxBytes)
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
    maxBytes: number,
  ): Promise<{ size: number; sha256: string }> {
    const hash = maxBytes < largeSize ? createHash('sha256') : new ThreadedHash()
    const buffer = Buffer.allocUnsafeSlow(Math.min(writeSize, maxBytes + 1))
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
        for (let done = 0; done < chunk.length && size + filled <= maxBytes; ) {
          const count = Math.min(chunk.length - done, buffer.length - filled)
          buffer.set(chunk.subarray(done, done + count), filled)
          ;[done, filled] = [done + count, filled + count]
          if (filled === buffer.length) await write()
        }
        if (size + filled > maxBytes) break
      }
      await write()
    } finally {
      detachBuffer(buffer)
    }
    return { size, sha256: await (hash instanceof ThreadedHash ? hash.digest() : hash.digest('hex')) }
  }

  async #verify(digest: string): Promise<number | undefined> {
    const found = await this.#oneAtATime(() => hashAt(this.path(digest))).catch(() => undefined)
    // Keep a damaged blob until it is replaced: removing it could remove what another process has just written.
    if (!found || `sha256:${found.sha256}` !== digest) return undefined
    this.#verified.set(digest, found.size)
    // Last use, for `cache prune`. Ignore errors: a read-only cache is still usable.
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
