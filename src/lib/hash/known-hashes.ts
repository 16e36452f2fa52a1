import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Two changes within one tick of the kernel clock get the same timestamp. */
const tickMs = 50n

/** Changes whenever the content does: a write updates the timestamps, a rename puts another inode in its place. */
const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join()

/**
 * SHA-256 of files that this process has hashed or written: an install looks at programs of 100 MB several times. A file
 * touched since is hashed again.
 */
export class KnownHashes {
  readonly #known = new Map<string, { identity: string; sha256: string }>()
  readonly #now: () => number

  /** `now` returns milliseconds since 1970. */
  constructor(now = Date.now) {
    this.#now = now
  }

  /** The hash of an unchanged file; undefined when it must be computed. */
  async get(path: string): Promise<string | undefined> {
    const known = this.#known.get(path)
    return known && (await identity(path)) === known.identity ? known.sha256 : undefined
  }

  /** The known hash of a file, or the result of `hash`, which is then remembered. */
  async getOrMake(path: string, hash: () => Promise<string>): Promise<string> {
    const known = await this.get(path)
    if (known !== undefined) return known
    const before = await stat(path, { bigint: true })
    const sha256 = await hash()
    if (BigInt(this.#now()) > before.ctimeMs + tickMs)
      this.#known.set(path, { identity: identityOf(before), sha256 })
    return sha256
  }

  /** Record the hash of a file that this process has just written. */
  async remember(path: string, sha256: string): Promise<void> {
    this.#known.set(path, { identity: identityOf(await stat(path, { bigint: true })), sha256 })
  }
}

const identity = async (path: string): Promise<string | undefined> =>
  await stat(path, { bigint: true }).then(identityOf, () => undefined)
