import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../../lib/hash/hash-sources.ts'
import { contentOf, type TarMember, tarMember } from '../../tar/write.ts'
import { gzipPieces } from './gzip.ts'
import type { PayloadMember } from './write-bundle.ts'
import { writePieces } from './write-pieces.ts'

/** Few enough that two of the four threads of Node.js are left for files. */
const ahead = 2

export interface Hashed extends PayloadMember {
  sha256: Promise<string>
}

/**
 * Hashes and packs members from the moment they are there, while others are still pulled, taken or looked into: of all
 * that making a bundle does, to compress the programs takes longest.
 */
export class EagerPacker {
  readonly #directory: string
  readonly #ending = new AbortController()
  readonly #packing: Promise<string>[] = []

  /** `directory` is where the packed members go. */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** For what is packed already, as images are: only its hash is made. */
  hash(member: TarMember): Hashed {
    return { ...member, sha256: suppressUnhandled(hashOf(contentOf(member))) }
  }

  /** Hash it, and make its gzip member. */
  pack(member: TarMember): Hashed {
    const packed = suppressUnhandled(this.#pack(member, this.#packing.length))
    this.#packing.push(packed)
    return { ...this.hash(member), packed }
  }

  /** End the packing, and wait until nothing is written any more. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await Promise.allSettled(this.#packing)
  }

  async #pack(member: TarMember, index: number): Promise<string> {
    const path = join(this.#directory, `member-${index}.gz`)
    await using file = await open(path, 'wx', 0o600)
    const write = async (buffers: readonly Buffer[]) => void (await file.writev(buffers))
    await writePieces(gzipPieces(tarMember(member)), { ahead, write, signal: this.#ending.signal })
    return path
  }
}

/** A failure must not end the process before anybody waits for it. */
function suppressUnhandled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
