import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { allOrAbort } from '../all-or-abort.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import { StorageError } from '../cache/storage-error.ts'
import type { Platform } from '../platform.ts'
import { formatReference, parseReference } from '../reference.ts'
import type { Programs } from '../registry/helper-programs.ts'
import type { Registry } from '../registry/registry.ts'
import type { ContentSource } from './content-source.ts'
import { localSource } from './local-source.ts'
import { collectImage, followName, nameSource, type PulledImage, type ResolvedImage } from './pull.ts'
import { parseSource } from './source-spec.ts'

/** An image as a bundle definition lists it. */
export interface WantedImage {
  /** Its name on the node. */
  reference: string
  /** A source other than the registry in its name: see `parseSource`. */
  source?: string | undefined
}

/** Where images come from, and the cache between builds. */
export interface ImageAccess {
  /** Without one, nothing is fetched: content missing from the store is thrown as MissingParts. */
  registry: Registry | undefined
  store: BlobStore
  programs: Programs
}

export interface FetchOptions extends ImageAccess {
  platform: Platform
  signal?: AbortSignal
}

type Fetch = WantedImage & FetchOptions

/** Fetch an image for one platform into the store. Throws EdgekitError. */
export function fetchImage(options: Fetch): Promise<PulledImage> {
  return fromSource(options, (content, reference) => collectImage(content, { ...options, reference }))
}

/** Resolve an image to its root and the manifest for the platform, without fetching layers. Throws EdgekitError. */
export function resolveImage(options: Fetch): Promise<ResolvedImage> {
  const { platform, signal = new AbortController().signal } = options
  return fromSource(options, (content, reference) => followName(content, platform, reference, signal))
}

async function fromSource<T>(
  options: Fetch,
  use: (content: ContentSource, reference: string) => Promise<T>,
): Promise<T> {
  const { source, registry, store, signal } = options
  const reference = formatReference(parseReference(options.reference))
  if (source === undefined) return await use(nameSource(reference, registry, store), reference)
  const local = parseSource(source)
  try {
    return await use(await localSource(local, { ...options, reference }), reference)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof StorageError) throw error
    throw new EdgekitError(`cannot take ${reference} from ${source}: ${messageOf(error)}`, {
      code: 'image-pull-failed',
      cause: error,
      remedy:
        (error instanceof EdgekitError ? error.remedy : undefined) ??
        'Check the source. Relative paths start at the directory of the definition.',
    })
  }
}

/** Fetch several images concurrently; results keep their order. Throws one MissingParts for all of them. */
export async function fetchImages(
  images: readonly WantedImage[],
  options: FetchOptions,
): Promise<PulledImage[]> {
  return await allOrAbort(options.signal, signal =>
    images.map(image => fetchImage({ ...image, ...options, signal })),
  )
}
