import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EdgekitError, exitCodes } from '../errors.ts'
import type { Descriptor } from './descriptor.ts'
import { digestOf } from './digest.ts'

/** Bytes that are not the ones their descriptor promised. `short` when there were fewer: a cut connection, worth a retry. */
export class ContentMismatch extends EdgekitError {
  readonly short: boolean

  constructor(message: string, { short }: { short: boolean }) {
    super(message, {
      exitCode: exitCodes.refused,
      remedy:
        'Something between here and the registry changes or damages data; try again, or another registry.',
    })
    this.short = short
  }
}

/**
 * Blobs by digest in a directory, laid out as in an OCI image layout: `blobs/sha256/<hex>`. Whatever has its final
 * name there was complete and had the right digest when it was written.
 */
export class BlobStore {
  readonly directory: string
  readonly #running = new Map<string, Promise<void>>()

  constructor(directory: string) {
    this.directory = directory
  }

  path(digest: string): string {
    return join(this.directory, 'blobs', ...digest.split(':'))
  }

  has(digest: string): boolean {
    return existsSync(this.path(digest))
  }

  read(digest: string): Promise<Buffer> {
    return readFile(this.path(digest))
  }

  /**
   * Make sure the blob is there: `fill` is called only when it is not, and once however many ask at the same time. When
   * the one who fills fails, the next of those waiting tries on its own account.
   */
  async ensure(digest: string, fill: () => Promise<void>): Promise<void> {
    for (;;) {
      const running = this.#running.get(digest)
      if (running === undefined) break
      await running.catch(() => undefined)
    }
    if (this.has(digest)) return
    const run = fill().finally(() => this.#running.delete(digest))
    this.#running.set(digest, run)
    await run
  }

  /** Write what `source` gives; it appears only if size and digest are as described, else `ContentMismatch`. */
  async write(descriptor: Descriptor, source: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.path(descriptor.digest)
    const unfinished = `${path}.${randomUUID()}.unfinished`
    await mkdir(join(path, '..'), { recursive: true })
    const file = await open(unfinished, 'wx', 0o644)
    try {
      const hash = createHash('sha256')
      let size = 0
      for await (const chunk of source) {
        size += chunk.length
        if (size > descriptor.size) throw tooLong(descriptor)
        hash.update(chunk)
        await file.appendFile(chunk)
      }
      await file.close()
      if (size < descriptor.size) throw tooShort(descriptor, size)
      const digest = `sha256:${hash.digest('hex')}`
      if (digest !== descriptor.digest) throw otherDigest(descriptor.digest, digest)
      await rename(unfinished, path)
    } finally {
      await file.close().catch(() => undefined)
      await rm(unfinished, { force: true })
    }
  }

  /** Write bytes that are in memory already, as `write` does. */
  async writeBytes(digest: string, bytes: Uint8Array): Promise<void> {
    const actual = digestOf(bytes)
    if (actual !== digest) throw otherDigest(digest, actual)
    if (this.has(digest)) return
    await this.write({ mediaType: '', digest, size: bytes.length }, one(bytes))
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const tooLong = (expected: Descriptor): ContentMismatch =>
  new ContentMismatch(`${expected.digest} is longer than the ${expected.size} bytes its manifest states`, {
    short: false,
  })

const tooShort = (expected: Descriptor, size: number): ContentMismatch =>
  new ContentMismatch(`${expected.digest} ended after ${size} of ${expected.size} bytes`, { short: true })

const otherDigest = (expected: string, actual: string): ContentMismatch =>
  new ContentMismatch(`expected content with digest ${expected}, received ${actual}`, { short: false })
