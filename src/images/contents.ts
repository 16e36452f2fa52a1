import { basename, dirname, join, resolve } from 'node:path/posix'
import type { ReadEntry } from 'tar'
import type { BlobStore } from './blob-store.ts'
import { eachEntry } from './layer.ts'
import { type InstalledPackages, readPackages } from './packages.ts'
import type { PulledImage } from './pull.ts'

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

/** Look into every layer of an image once, lowest first: what a layer has or deletes hides what is below. */
export async function imageContents(
  image: Pick<PulledImage, 'layers'>,
  store: BlobStore,
): Promise<ImageContents> {
  const files = new Map<string, Buffer>()
  const unpackedSizes: number[] = []
  for (const { digest } of image.layers) {
    const inLayer = new Map<string, Buffer>()
    const hidden: string[] = []
    unpackedSizes.push(
      await eachEntry(store.path(digest), entry => {
        const path = resolve('/', entry.path)
        const name = basename(path)
        // https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
        if (name === '.wh..wh..opq') hidden.push(dirname(path))
        else if (name.startsWith('.wh.')) hidden.push(join(dirname(path), name.slice('.wh.'.length)))
        else if (wanted.test(path)) collect(entry, bytes => inLayer.set(path, bytes))
      }),
    )
    for (const path of files.keys()) {
      if (hidden.some(gone => path === gone || path.startsWith(`${gone}/`))) files.delete(path)
    }
    for (const [path, bytes] of inLayer) files.set(path, bytes)
  }
  return { unpackedSizes, packages: readPackages(files) }
}

function collect(entry: ReadEntry, done: (bytes: Buffer) => void): void {
  if (entry.type !== 'File' || entry.size > largest) return
  const parts: Buffer[] = []
  entry.on('data', part => parts.push(part))
  entry.on('end', () => done(Buffer.concat(parts)))
}
