import { randomUUID } from 'node:crypto'
import { glob, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectories } from '../../lib/make-directories.ts'
import { isDigest } from '../digest.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import { storing } from './storage-error.ts'

/** What a tag pointed to when it was last resolved. */
export interface CachedTag {
  /** `docker.io/library/app:1.0` */
  reference: string
  digest: string
  asked: Date
}

/**
 * Resolved tags, one small file each beside the blobs: `names/docker.io/library/app:1.0`. Path components of repositories
 * have no colon, so a tag file never collides with a directory.
 */
export class TagCache {
  readonly #cache: string
  readonly #directory: string

  constructor(cacheDirectory: string) {
    this.#cache = cacheDirectory
    this.#directory = join(cacheDirectory, 'names')
  }

  /** The digest, or undefined when the tag was never resolved or its file is unreadable. */
  find({ registry, repository, tag = '' }: ImageReference): Promise<string | undefined> {
    return this.#read(formatReference({ registry, repository, tag }))
  }

  /** Does nothing for a reference without a tag, or with a digest, because then the tag was not resolved. */
  async remember(
    { registry, repository, tag, digest: requested }: ImageReference,
    digest: string,
  ): Promise<void> {
    if (tag === undefined || requested !== undefined) return
    const path = join(this.#directory, formatReference({ registry, repository, tag }))
    const unfinished = `${path}.${randomUUID()}.unfinished`
    await storing(this.#cache, async () => {
      await makeDirectories(dirname(path))
      try {
        await writeFile(unfinished, `${digest}\n`)
        await rename(unfinished, path)
      } finally {
        await rm(unfinished, { force: true })
      }
    })
  }

  async all(): Promise<CachedTag[]> {
    const tags: CachedTag[] = []
    for await (const reference of glob('**/*:*', { cwd: this.#directory })) {
      const digest = await this.#read(reference)
      const status = await stat(join(this.#directory, reference)).catch(() => undefined)
      if (digest !== undefined && status !== undefined) tags.push({ reference, digest, asked: status.mtime })
    }
    return tags.sort((a, b) => (a.reference < b.reference ? -1 : 1))
  }

  async forget(reference: string): Promise<void> {
    await storing(this.#cache, () => rm(join(this.#directory, reference), { force: true }))
  }

  async #read(name: string): Promise<string | undefined> {
    const text = await readFile(join(this.#directory, name), 'utf8').catch(() => '')
    return isDigest(text.trim()) ? text.trim() : undefined
  }
}
