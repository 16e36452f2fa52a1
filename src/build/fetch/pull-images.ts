import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { allOrAbort } from '../../oci/all-or-abort.ts'
import { fetchImage, type ImageAccess } from '../../oci/sources/fetch-image.ts'
import type { PulledImage } from '../../oci/sources/pull.ts'
import type { Definition } from '../definition/definition.ts'
import { imagesNeeded, localSource, platformOf } from '../definition/inputs.ts'
import type { Lock, LockedImage } from '../lock/lock.ts'
import { pinned } from './make-lock.ts'

export interface PullImagesOptions {
  definition: Definition
  architectures: readonly Architecture[]
  lock: Lock
  images: ImageAccess
  signal: AbortSignal
}

export interface PulledImages {
  get(reference: string, arch: Architecture): PulledImage
  count: number
  /** Bytes of all layers, those that several have in common once. */
  size: number
}

/** Pull every image of all architectures at the same time, each by the digest the lock has. Throws EdgekitError. */
export async function pullImages(options: PullImagesOptions): Promise<PulledImages> {
  const { definition, architectures, lock, images } = options
  const pulled = new Map<string, PulledImage>()
  const wanted = architectures.flatMap(arch =>
    imagesNeeded(definition, arch).map(image => ({
      reference: image.reference,
      source: localSource(image, definition),
      platform: platformOf(arch),
    })),
  )
  await allOrAbort(options.signal, signal =>
    wanted.map(async ({ reference, source, platform }) => {
      const locked = lock.images[reference] as LockedImage
      const image = await fetchImage({
        ...images,
        reference: pinned(reference, locked),
        source,
        platform,
        signal,
      })
      requireManifest(reference, locked.platforms[platform], image)
      pulled.set(`${reference} ${platform}`, image)
    }),
  )
  const layers = new Map(
    [...pulled.values()].flatMap(({ layers }) => layers.map(layer => [layer.digest, layer.size])),
  )
  return {
    get: (reference, arch) => pulled.get(`${reference} ${platformOf(arch)}`) as PulledImage,
    count: pulled.size,
    size: [...layers.values()].reduce((sum, size) => sum + size, 0),
  }
}

function requireManifest(
  reference: string,
  locked: string | undefined,
  { platform, manifest }: PulledImage,
): void {
  if (manifest.digest === locked) return
  throw new EdgekitError(
    `${reference} has manifest ${manifest.digest} for ${platform}, the lock says ${locked}`,
    {
      code: 'content-mismatch',
      remedy: 'The lock was edited, or made by an edgekit that chooses otherwise: run edgekit lock.',
    },
  )
}
