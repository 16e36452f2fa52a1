import { EdgekitError, exitCodes } from '../errors.ts'
import type { BlobStore } from './blob-store.ts'
import type { Descriptor } from './descriptor.ts'
import { type ImageManifest, readConfig, readServed } from './manifest.ts'
import { choosePlatform, type Platform } from './platform.ts'
import { formatReference, type ImageReference, parseReference } from './reference.ts'
import type { Registry, ServedManifest } from './registry.ts'

/** An image of one platform whose blobs are all in a store. */
export interface PulledImage {
  /** Full form, with the tag and the digest that were asked for. */
  reference: string
  platform: Platform
  /** What the tag points at: the index when the image has one, else the manifest. Its bytes are in the store too. */
  root: Descriptor
  manifest: Descriptor
  config: Descriptor
  /** From the lowest to the topmost. */
  layers: Descriptor[]
  /** Digests of the layers when unpacked, in the same order. */
  diffIds: string[]
}

export interface PullOptions {
  reference: string
  platform: Platform
  registry: Registry
  store: BlobStore
  signal?: AbortSignal
}

/** A reference followed to the manifest of one platform; nothing else is fetched yet. */
interface ResolvedImage {
  reference: ImageReference
  /** What the tag points at: an index, or the manifest itself. */
  root: ServedManifest
  manifest: ServedManifest & { content: ImageManifest }
}

/** Follow a reference to the manifest of one platform. Throws EdgekitError. */
export async function resolveImage(options: Omit<PullOptions, 'store'>): Promise<ResolvedImage> {
  const { platform, registry, signal = new AbortController().signal } = options
  const reference = parseReference(options.reference)
  const name = formatReference(reference)
  const fetched = await registry.manifest(reference, reference.digest ?? reference.tag ?? '', signal)
  const top = readServed(fetched, name)
  const root = { ...fetched, mediaType: top.mediaType }
  if (top.index === undefined) return { reference, root, manifest: { ...root, content: top.manifest } }
  const chosen = choosePlatform(top.index.manifests, platform, name)
  const served = await registry.manifest(reference, chosen.digest, signal)
  const { mediaType, manifest } = readServed(served, name)
  if (manifest === undefined) {
    throw new EdgekitError(`${name}: the entry for ${platform} is an index within an index`, {
      exitCode: exitCodes.refused,
      remedy: 'Push the image with one index.',
    })
  }
  return { reference, root, manifest: { ...served, mediaType, content: manifest } }
}

/**
 * Fetch an image for one platform into `store`, byte for byte as the registry serves it, the index included: so every
 * digest of the registry is still true on the node.
 */
export async function pullImage(options: PullOptions): Promise<PulledImage> {
  const { platform, registry, store } = options
  // When one blob fails the others are given up: an error should not wait for a large layer.
  const failed = new AbortController()
  const signal = AbortSignal.any([failed.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const { reference, root, manifest } = await resolveImage({ ...options, signal })
  const { config, layers } = manifest.content
  const fetchBlob = (blob: Descriptor): Promise<void> =>
    store.ensure(blob.digest, () => registry.blob(reference, blob, bytes => store.write(blob, bytes), signal))
  const name = formatReference(reference)
  const diffIds = fetchBlob(config).then(async () =>
    checkedConfig(await store.read(config.digest), platform, name),
  )
  const work = [
    diffIds,
    ...layers.map(fetchBlob),
    ...[root, manifest].map(served => store.writeBytes(served.digest, served.bytes)),
  ]
  try {
    await Promise.all(work)
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(work)
    throw error
  }
  return {
    reference: name,
    platform,
    root: descriptorOf(root),
    manifest: descriptorOf(manifest),
    config,
    layers,
    diffIds: await diffIds,
  }
}

const descriptorOf = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size })

/** containerd imports an image of the wrong architecture without a word, so the index alone is not trusted. */
function checkedConfig(bytes: Buffer, platform: Platform, image: string): string[] {
  const config = readConfig(bytes, image)
  const actual = `${config.os}/${config.architecture}`
  if (actual === platform) return config.rootfs.diff_ids
  throw new EdgekitError(`${image} is built for ${actual}, asked for was ${platform}`, {
    exitCode: exitCodes.refused,
    remedy: `Use a tag that has ${platform}.`,
  })
}
