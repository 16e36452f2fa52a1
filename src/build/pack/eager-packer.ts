import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../../lib/hash/hash-sources.ts'
import { contentOf, tarMember } from '../../tar/write.ts'
import { writeGzip } from './gzip.ts'
import type { PayloadMember } from './payload-member.ts'

/** Leaves two of the four threads of Node.js for files. */
const concurrency = 2

/**
 * Hashes and compresses members as soon as they exist, while others are still being fetched: to compress the programs is
 * the slowest part of a build.
 */
export class EagerPacker {
  readonly #directory: string
  readonly #ending = new AbortController()
  readonly #packing: Promise<string>[] = []

  /** `directory` is where the gzip members go. */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** Start to hash a member. */
  hash(member: PayloadMember): PayloadMember {
    return { ...member, sha256: suppressUnhandled(hashOf(contentOf(member))) }
  }

  /** Start to hash a member and to compress it. */
  pack(member: PayloadMember): PayloadMember {
    const packed = suppressUnhandled(this.#pack(member, this.#packing.length))
    this.#packing.push(packed)
    return { ...this.hash(member), packed }
  }

  /** Abort what is running; resolves when nothing is written anymore. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#packing)
  }

  async #pack(member: PayloadMember, index: number): Promise<string> {
    const path = join(this.#directory, `member-${index}.gz`)
    await using file = await open(path, 'wx', 0o600)
    await writeGzip(tarMember(member), {
      concurrency,
      write: async bytes => await file.writeFile(bytes),
      signal: this.#ending.signal,
    })
    return path
  }
}

/** A failure must not end the process before the result is awaited. */
function suppressUnhandled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
