import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'

/** Two changes within one tick of the kernel's clock have the same time. */
const tickMs = 50n

/** The times of a file are changed by everything that changes its bytes, and it is another file after a rename. */
const identityOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join()

/**
 * The SHA-256 of files that this process has read to their end, or has copied from such a file: an install looks at
 * programs of 100 MB several times. What has been touched since is not known any more.
 */
export class KnownHashes {
  readonly #known = new Map<string, { identity: string; sha256: string }>()
  readonly #now: () => number

  /** `now` is the clock, milliseconds since 1970. */
  constructor(now = Date.now) {
    this.#now = now
  }

  /** The hash of a file that is as it was then; undefined when it has to be made. */
  async get(path: string): Promise<string | undefined> {
    const known = this.#known.get(path)
    return known && (await identity(path)) === known.identity ? known.sha256 : undefined
  }

  /** What `hash` makes of a file, unless that is known. */
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

  /** Copy a file; where the bytes of `source` were known and stayed the same, those of `target` are known too. */
  async copy(source: string, target: string, copy: () => Promise<void>): Promise<void> {
    const before = await this.get(source)
    await copy()
    const now = await identity(target)
    if (before !== undefined && now !== undefined && (await this.get(source)) === before)
      this.#known.set(target, { identity: now, sha256: before })
  }
}

const identity = async (path: string): Promise<string | undefined> =>
  await stat(path, { bigint: true }).then(identityOf, () => undefined)
