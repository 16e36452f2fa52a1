import { randomUUID } from 'node:crypto'
import { glob, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectories } from '../../lib/make-directories.ts'
import { isDigest } from '../digest.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import { storing } from './storage-error.ts'

/** What a tag pointed at when a registry was last asked. */
export interface RememberedName {
  /** `docker.io/library/app:1.0` */
  reference: string
  digest: string
  asked: Date
}

/**
 * What registries said tags point at, kept beside the blobs as one small file each: `names/docker.io/library/app:1.0`.
 * A component of a repository has no colon, so a name never collides with the directory of another repository.
 */
export class TagCache {
  readonly #cache: string
  readonly #directory: string

  constructor(cacheDirectory: string) {
    this.#cache = cacheDirectory
    this.#directory = join(cacheDirectory, 'names')
  }

  /** Nothing when nobody asked yet, or what is kept cannot be read. */
  find({ registry, repository, tag = '' }: ImageReference): Promise<string | undefined> {
    return this.#read(formatReference({ registry, repository, tag }))
  }

  /** Does nothing for a reference without a tag, or with a digest: then the tag was not asked for. */
  async remember(
    { registry, repository, tag, digest: asked }: ImageReference,
    digest: string,
  ): Promise<void> {
    if (tag === undefined || asked !== undefined) return
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

  async all(): Promise<RememberedName[]> {
    const names: RememberedName[] = []
    for await (const reference of glob('**/*:*', { cwd: this.#directory })) {
      const digest = await this.#read(reference)
      const status = await stat(join(this.#directory, reference)).catch(() => undefined)
      if (digest !== undefined && status !== undefined) names.push({ reference, digest, asked: status.mtime })
    }
    return names.sort((a, b) => (a.reference < b.reference ? -1 : 1))
  }

  async forget(reference: string): Promise<void> {
    await storing(this.#cache, () => rm(join(this.#directory, reference), { force: true }))
  }

  async #read(name: string): Promise<string | undefined> {
    const text = await readFile(join(this.#directory, name), 'utf8').catch(() => '')
    return isDigest(text.trim()) ? text.trim() : undefined
  }
}
