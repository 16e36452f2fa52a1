import { basename, dirname, join, resolve } from 'node:path/posix'
import type { ReadEntry } from 'tar/read-entry'
import { limit } from '../../lib/limit.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { PulledImage } from '../sources/pull.ts'
import { eachEntry } from './layer.ts'
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

/** Larger files are not package databases. */
const maxSize = 64 * 1024 * 1024

/** Read every layer of an image once; files and whiteouts of a layer hide those below. */
export async function imageContents(
  image: Pick<PulledImage, 'layers'>,
  store: BlobStore,
): Promise<ImageContents> {
  const files = new Map<string, Buffer>()
  const unpackedSizes: number[] = []
  const limited = limit(2)
  const layers = image.layers.map(({ digest }) => limited(() => readLayer(store.path(digest))))
  // Wait for all, so that none is still reading when one fails.
  await Promise.allSettled(layers)
  for (const layer of layers) {
    const { size, found, hidden } = await layer
    unpackedSizes.push(size)
    for (const path of files.keys()) {
      if (hidden.some(gone => path === gone || path.startsWith(`${gone}/`))) files.delete(path)
    }
    for (const [path, bytes] of found) files.set(path, bytes)
  }
  return { unpackedSizes, packages: readPackages(files) }
}

interface LayerContents {
  /** Size of its tar in bytes. */
  size: number
  found: Map<string, Buffer>
  /** Paths that hide everything in the layers below. */
  hidden: string[]
}

async function readLayer(layer: string): Promise<LayerContents> {
  const found = new Map<string, Buffer>()
  const hidden: string[] = []
  const size = await eachEntry(layer, entry => {
    const path = resolve('/', entry.path)
    const name = basename(path)
    // https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
    if (name === '.wh..wh..opq') hidden.push(dirname(path))
    else if (name.startsWith('.wh.')) hidden.push(join(dirname(path), name.slice('.wh.'.length)))
    else if (databases.test(path)) collect(entry, bytes => found.set(path, bytes))
  })
  return { size, found, hidden }
}

function collect(entry: ReadEntry, done: (bytes: Buffer) => void): void {
  if (entry.type !== 'File' || entry.size > maxSize) return
  const parts: Buffer[] = []
  entry.on('data', part => parts.push(Buffer.from(part)))
  entry.on('end', () => done(Buffer.concat(parts)))
}
