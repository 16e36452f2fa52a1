import { EdgekitError, exitCodes } from '../errors.ts'
import type { BlobStore } from '../images/blob-store.ts'
import { type PulledImage, pullImage } from '../images/pull.ts'
import type { Registry } from '../images/registry.ts'
import type { Definition } from './definition.ts'
import { imagesNeeded, platformOf } from './inputs.ts'
import type { Lock, LockedImage } from './lock.ts'
import { pinned } from './make-lock.ts'
import type { Architecture } from './manifest.ts'

export interface PullImagesOptions {
  definition: Definition
  architectures: readonly Architecture[]
  lock: Lock
  registry: Registry
  store: BlobStore
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
  const { definition, architectures, lock, registry, store } = options
  const pulled = new Map<string, PulledImage>()
  const failed = new AbortController()
  const signal = AbortSignal.any([failed.signal, options.signal])
  const wanted = architectures.flatMap(arch =>
    imagesNeeded(definition, arch).map(({ reference }) => ({ reference, platform: platformOf(arch) })),
  )
  const tasks = wanted.map(async ({ reference, platform }) => {
    const locked = lock.images[reference] as LockedImage
    const image = await pullImage({ reference: pinned(reference, locked), platform, registry, store, signal })
    requireManifest(reference, locked.platforms[platform], image)
    pulled.set(`${reference} ${platform}`, image)
  })
  try {
    await Promise.all(tasks)
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(tasks)
    throw error
  }
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
      exitCode: exitCodes.refused,
      remedy: 'The lock was edited, or made by an edgekit that chooses otherwise: run edgekit lock.',
    },
  )
}
