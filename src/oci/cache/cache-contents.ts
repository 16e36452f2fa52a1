import { glob, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { storing } from './storage-error.ts'
import { type CachedTag, TagCache } from './tag-cache.ts'

export interface CacheContents {
  directory: string
  names: CachedTag[]
  blobs: number
  /** Bytes of all blobs. */
  size: number
}

interface CachedFile {
  path: string
  /** Bytes. */
  size: number
  used: Date
}

/** List a cache. A missing directory is an empty cache. Throws EdgekitError (file-unreadable). */
export async function cacheContents(directory: string): Promise<CacheContents> {
  await requireReadable(directory)
  const blobs = await filesIn(directory, 'blobs/sha256/*')
  const whole = blobs.filter(({ path }) => isBlob(path))
  return {
    directory,
    names: await new TagCache(directory).all(),
    blobs: whole.length,
    size: whole.reduce((sum, { size }) => sum + size, 0),
  }
}

export interface Pruned {
  directory: string
  /** Blobs that were removed, and their bytes. */
  removed: number
  freed: number
  kept: number
}

/** Unfinished files not written to for this long are left over from killed builds. */
const abandonedMs = 60 * 60 * 1000

/**
 * Remove blobs that no build has used for `olderThanMs`, tags that pointed to them, and leftovers of killed builds. Blobs
 * of a running build are in use and stay. Throws EdgekitError.
 */
export async function pruneCache(directory: string, olderThanMs: number): Promise<Pruned> {
  await requireReadable(directory)
  const now = Date.now()
  const blobs = await filesIn(directory, 'blobs/sha256/*')
  const names = new TagCache(directory)
  const removed = new Set<string>()
  let freed = 0
  for (const { path, size, used } of blobs) {
    const age = now - used.getTime()
    if (age < (isBlob(path) ? olderThanMs : abandonedMs)) continue
    await storing(directory, () => rm(path, { force: true }))
    freed += size
    if (isBlob(path)) removed.add(`sha256:${basename(path)}`)
  }
  for (const { reference, digest } of await names.all())
    if (removed.has(digest)) await names.forget(reference)
  for (const { path, used } of await filesIn(directory, 'names/**/*.unfinished')) {
    if (now - used.getTime() >= abandonedMs) await storing(directory, () => rm(path, { force: true }))
  }
  const kept = blobs.filter(({ path }) => isBlob(path)).length - removed.size
  return { directory, removed: removed.size, freed, kept }
}

const isBlob = (path: string): boolean => /^[0-9a-f]{64}$/.test(basename(path))

async function requireReadable(directory: string): Promise<void> {
  try {
    await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new EdgekitError(`cannot read the cache ${directory}: ${messageOf(error)}`, {
      code: 'file-unreadable',
      remedy: 'Name the directory of a cache that this user can read with --cache.',
      cause: error,
    })
  }
}

async function filesIn(directory: string, pattern: string): Promise<CachedFile[]> {
  const files: CachedFile[] = []
  for await (const name of glob(pattern, { cwd: directory })) {
    const path = join(directory, name)
    const status = await stat(path).catch(() => undefined)
    if (status?.isFile()) files.push({ path, size: status.size, used: status.mtime })
  }
  return files
}
