import type { Architecture } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { allOrAbort } from '../../oci/all-or-abort.ts'
import { fetchImage } from '../../oci/sources/fetch-image.ts'
import type { PulledImage } from '../../oci/sources/pull.ts'
import type { FetchOptions } from '../build-options.ts'
import { imagesNeeded, localSource, platformOf } from '../definition/inputs.ts'
import type { Lock, LockedImage } from '../lock/lock.ts'
import { pinned } from './make-lock.ts'

export interface PulledImages {
  get(reference: string, arch: Architecture): PulledImage
  count: number
  /** Bytes of all layers; a shared one counts once. */
  size: number
}

/** Pull the images of all architectures concurrently, each by its digest in the lock. Throws EdgekitError. */
export async function pullImages(
  { definition, architectures, images, signal }: FetchOptions,
  lock: Lock,
): Promise<PulledImages> {
  const pulled = new Map<string, PulledImage>()
  const wanted = architectures.flatMap(arch =>
    imagesNeeded(definition, arch).map(image => ({
      reference: image.reference,
      source: localSource(image, definition),
      platform: platformOf(arch),
    })),
  )
  await allOrAbort(signal, signal =>
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
    `cannot use ${reference}: its manifest for ${platform} is ${manifest.digest}, expected ${locked} from edgekit.lock`,
    {
      code: 'content-mismatch',
      remedy: 'Update the lock, which was edited or is from another edgekit:\n  edgekit lock',
    },
  )
}
