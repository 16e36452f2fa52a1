import { basename, dirname, join, resolve } from 'node:path/posix'
import type { ReadEntry } from 'tar/read-entry'
import { limit } from '../../lib/limit.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { PulledImage } from '../sources/pull.ts'
import { eachEntry } from './layer.ts'
import { type InstalledPackages, readPackages } from './packages.ts'

/** What is in an image that its manifest does not say. */
export interface ImageContents {
  /** Bytes of each layer when unpacked (its tar), in the order of the layers. */
  unpackedSizes: number[]
  packages: InstalledPackages
}

/** The files that say which packages an image has; dpkg's directory is how distroless images do it. */
const wanted =
  /^\/(?:(?:usr\/)?lib\/apk\/db\/installed|var\/lib\/dpkg\/status|var\/lib\/dpkg\/status\.d\/[^/]+|(?:etc|usr\/lib)\/os-release)$/

/** A database of packages that is larger is none. */
const largest = 64 * 1024 * 1024

/** Look into every layer of an image once. What a layer has or deletes hides what is below. */
export async function imageContents(
  image: Pick<PulledImage, 'layers'>,
  store: BlobStore,
): Promise<ImageContents> {
  const files = new Map<string, Buffer>()
  const unpackedSizes: number[] = []
  const oneForEachCore = limit(2)
  const looks = image.layers.map(({ digest }) => oneForEachCore(() => lookInto(store.path(digest))))
  // Waited for in any case: none is still reading when this ends.
  await Promise.allSettled(looks)
  for (const look of looks) {
    const { size, found, hidden } = await look
    unpackedSizes.push(size)
    for (const path of files.keys()) {
      if (hidden.some(gone => path === gone || path.startsWith(`${gone}/`))) files.delete(path)
    }
    for (const [path, bytes] of found) files.set(path, bytes)
  }
  return { unpackedSizes, packages: readPackages(files) }
}

interface LayerContents {
  /** Bytes of its tar. */
  size: number
  found: Map<string, Buffer>
  /** Paths of which nothing is left from the layers below. */
  hidden: string[]
}

async function lookInto(layer: string): Promise<LayerContents> {
  const found = new Map<string, Buffer>()
  const hidden: string[] = []
  const size = await eachEntry(layer, entry => {
    const path = resolve('/', entry.path)
    const name = basename(path)
    // https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
    if (name === '.wh..wh..opq') hidden.push(dirname(path))
    else if (name.startsWith('.wh.')) hidden.push(join(dirname(path), name.slice('.wh.'.length)))
    else if (wanted.test(path)) collect(entry, bytes => found.set(path, bytes))
  })
  return { size, found, hidden }
}

function collect(entry: ReadEntry, done: (bytes: Buffer) => void): void {
  if (entry.type !== 'File' || entry.size > largest) return
  const parts: Buffer[] = []
  entry.on('data', part => parts.push(Buffer.from(part)))
  entry.on('end', () => done(Buffer.concat(parts)))
}
