import { createHash, randomUUID } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { chmod, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path/posix'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { formatBytes } from '../../lib/format.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { PulledImage } from '../sources/pull.ts'
import { eachEntry, isSystemError, UnpackLimit } from './layer.ts'

const maxLinks = 40
/** Bytes. The programs of KubeEdge and containerd have about a tenth of it. */
const maxFileSize = 2_000_000_000

/**
 * Extract one file of an image, as a container would see it at `path`: upper layers win, whiteouts delete, links are
 * followed. Reads layers from the top, only as far down as needed. Returns the size in bytes and the hash in hex. Throws
 * EdgekitError, and the errors of the system. https://github.com/opencontainers/image-spec/blob/main/layer.md
 */
export async function extractFile(
  image: Pick<PulledImage, 'reference' | 'layers'>,
  store: BlobStore,
  path: string,
  destination: string,
  limit: UnpackLimit = new UnpackLimit(),
): Promise<{ size: number; sha256: string }> {
  const unfinished = `${destination}.${randomUUID()}.unfinished`
  const layers = image.layers.map(layer => store.path(layer.digest))
  const failure = (reason: string): EdgekitError => extractError(image.reference, path, reason)
  try {
    let wanted = { path: resolve('/', path), top: layers.length - 1 }
    for (let links = 0; links <= maxLinks; links++) {
      const found = await find(layers, wanted.path, wanted.top, unfinished, limit)
      if (found.kind === 'file') {
        await chmod(unfinished, 0o755)
        await rename(unfinished, destination)
        return { size: found.size, sha256: found.sha256 }
      }
      if (found.kind === 'nothing') {
        throw failure(
          `the image has no such file${wanted.path === path ? '' : ` (a link to ${wanted.path})`}`,
        )
      }
      if (found.kind === 'other') throw failure(`it is a ${found.type}, not a regular file`)
      wanted = { path: found.path, top: found.top ?? wanted.top }
    }
    throw failure(`more than ${maxLinks} links`)
  } catch (error) {
    throw error instanceof EdgekitError || isSystemError(error) ? error : failure(messageOf(error))
  } finally {
    await rm(unfinished, { force: true })
  }
}

type Found =
  | { kind: 'file'; size: number; sha256: string }
  /** The content is at another path. A hard link resolves in its own layer and those below (`top`). */
  | { kind: 'link'; path: string; top?: number }
  | { kind: 'other'; type: string }
  | { kind: 'nothing' }

async function find(
  layers: readonly string[],
  path: string,
  top: number,
  unfinished: string,
  limit: UnpackLimit,
): Promise<Found> {
  const directories = new Set<string>()
  for (let index = top; index >= 0; index--) {
    const { found, hidesLower } = await findInLayer(
      layers[index] as string,
      index,
      path,
      directories,
      unfinished,
      limit,
    )
    if (found !== undefined) return found
    if (hidesLower) break
  }
  return { kind: 'nothing' }
}

/**
 * Look up `path` in one layer. Its parents matter too: a symlink redirects the lookup, unless a layer above made it a
 * directory (`directories`); then everything this layer has below it is hidden.
 */
async function findInLayer(
  layer: string,
  index: number,
  path: string,
  directories: Set<string>,
  unfinished: string,
  limit: UnpackLimit,
): Promise<{ found: Found | undefined; hidesLower: boolean }> {
  const parents = parentsOf(path)
  const aboveDirectories = new Set(directories)
  const hiders = new Set([...parents.slice(1), path].map(whiteoutOf))
  for (const parent of parents) hiders.add(join(parent, '.wh..wh..opq'))
  let found: Found | undefined
  let hidesLower = false
  const visit = (entry: ReadEntry): void => {
    const name = resolve('/', entry.path)
    if (hiders.has(name)) hidesLower = true
    else if (name === path) found = readWanted(entry, path, index, unfinished)
    else if (parents.includes(name)) {
      if (entry.type === 'Directory') directories.add(name)
      else if (aboveDirectories.has(name)) hidesLower = true
      else if (entry.type === 'SymbolicLink') {
        found = { kind: 'link', path: join(target(entry, name), path.slice(name.length)) }
      } else found = { kind: 'nothing' }
    }
  }
  await eachEntry(layer, visit, limit)
  return { found, hidesLower }
}

function readWanted(entry: ReadEntry, path: string, index: number, unfinished: string): Found {
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile':
      return save(entry, unfinished)
    case 'SymbolicLink':
      return { kind: 'link', path: target(entry, path) }
    case 'Link':
      return { kind: 'link', path: resolve('/', entry.linkpath ?? ''), top: index }
    default:
      return { kind: 'other', type: entry.type }
  }
}

/** Writes synchronously: the parser emits data from within its own loop. Throws an Error for a file that is too large. */
function save(entry: ReadEntry, file: string): Found {
  if (entry.size > maxFileSize)
    throw new Error(`it has ${formatBytes(entry.size)}, more than ${formatBytes(maxFileSize)}`)
  const hash = createHash('sha256')
  const result = { kind: 'file' as const, size: 0, sha256: '' }
  const descriptor = openSync(file, 'w', 0o600)
  entry.on('data', chunk => {
    hash.update(chunk)
    result.size += chunk.length
    for (let written = 0; written < chunk.length; ) written += writeSync(descriptor, chunk, written)
  })
  entry.on('end', () => {
    closeSync(descriptor)
    result.sha256 = hash.digest('hex')
  })
  return result
}

/** Target of a symlink; `..` never leaves the image root. */
const target = (entry: ReadEntry, name: string): string => resolve('/', dirname(name), entry.linkpath ?? '')

/** `/`, `/usr`, `/usr/bin` for `/usr/bin/tool`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}

const whiteoutOf = (path: string): string => join(dirname(path), `.wh.${basename(path)}`)

const extractError = (image: string, path: string, reason: string): EdgekitError =>
  new EdgekitError(`cannot extract ${path} from ${image}: ${reason}`, {
    code: 'image-unusable',
    remedy: 'Check the image version and the path: other versions can store the file elsewhere.',
  })
