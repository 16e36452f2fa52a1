import { basename, dirname, join, resolve } from 'node:path/posix'
import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { limit } from '../../lib/limit.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { PulledImage } from '../sources/pull.ts'
import { eachEntry, isSystemError, UnpackLimit } from './layer.ts'
import { type InstalledPackages, readPackages } from './packages.ts'

/** Facts about an image that its manifest does not state. */
export interface ImageContents {
  /** Size of each layer's tar in bytes, lowest layer first. */
  unpackedSizes: number[]
  packages: InstalledPackages
}

/** Package databases and os-release; distroless images have `status.d` in place of `status`. */
const databases =
  /^\/(?:(?:usr\/)?lib\/apk\/db\/installed|var\/lib\/dpkg\/status|var\/lib\/dpkg\/status\.d\/[^/]+|(?:etc|usr\/lib)\/os-release)$/

/** Their directories: a whiteout elsewhere hides none of them. */
const directories =
  /^\/(?:|etc|var|var\/lib|var\/lib\/dpkg|var\/lib\/dpkg\/status\.d|(?:usr|(?:usr\/)?lib|(?:usr\/)?lib\/apk|(?:usr\/)?lib\/apk\/db))$/

/** All package databases of an image, in bytes; a full Debian has about 5 MB. */
const maxDatabases = 128_000_000
/** An entry takes some memory, however small the file is. */
const bytesPerFile = 1000

/**
 * Read every layer of an image once; files and whiteouts of a layer hide those below. Throws EdgekitError for a layer that
 * is damaged, or unpacks to more than `unpack` allows.
 */
export async function imageContents(
  image: Pick<PulledImage, 'reference' | 'layers'>,
  store: BlobStore,
  unpack: UnpackLimit = new UnpackLimit(),
): Promise<ImageContents> {
  const files = new Map<string, Buffer>()
  const unpackedSizes: number[] = []
  const limited = limit(2)
  const memory = new UnpackLimit(maxDatabases, 'package databases')
  const read = async (digest: string): Promise<LayerContents> => {
    try {
      return await readLayer(store.path(digest), unpack, memory)
    } catch (error) {
      if (isSystemError(error)) throw error
      throw new EdgekitError(`cannot read layer ${digest} of ${image.reference}: ${messageOf(error)}`, {
        code: 'image-unusable',
        cause: error,
        remedy: 'Push the image again, or use another one.',
      })
    }
  }
  const layers = image.layers.map(({ digest }) => limited(() => read(digest)))
  // Wait for all, so that none is still reading when one fails.
  await Promise.allSettled(layers)
  for (const layer of layers) {
    const { size, found, hidden } = await layer
    unpackedSizes.push(size)
    for (const path of files.keys()) if (withParents(path).some(name => hidden.has(name))) files.delete(path)
    for (const [path, bytes] of found) files.set(path, bytes)
  }
  return { unpackedSizes, packages: readPackages(files) }
}

interface LayerContents {
  /** Size of its tar in bytes. */
  size: number
  found: Map<string, Buffer>
  /** Paths that hide everything in the layers below, as far as package databases can be there. */
  hidden: Set<string>
}

async function readLayer(layer: string, unpack: UnpackLimit, memory: UnpackLimit): Promise<LayerContents> {
  const found = new Map<string, Buffer>()
  const hidden = new Set<string>()
  const hide = (path: string): void => {
    if (!directories.test(path) && !databases.test(path)) return
    memory.spend(bytesPerFile)
    hidden.add(path)
  }
  const visit = (entry: ReadEntry): void => {
    const path = resolve('/', entry.path)
    const name = basename(path)
    // https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
    if (name === '.wh..wh..opq') hide(dirname(path))
    else if (name.startsWith('.wh.')) hide(join(dirname(path), name.slice('.wh.'.length)))
    else if (databases.test(path) && entry.type === 'File') {
      memory.spend(entry.size + bytesPerFile)
      collect(entry, bytes => found.set(path, bytes))
    }
  }
  const size = await eachEntry(layer, visit, unpack)
  return { size, found, hidden }
}

function collect(entry: ReadEntry, done: (bytes: Buffer) => void): void {
  const parts: Buffer[] = []
  entry.on('data', part => parts.push(Buffer.from(part)))
  entry.on('end', () => done(Buffer.concat(parts)))
}

/** `/`, `/usr`, `/usr/lib` for `/usr/lib`. */
function withParents(path: string): string[] {
  const parts = path.split('/').slice(1)
  return ['/', ...parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)]
}
