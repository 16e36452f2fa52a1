import { otherDigest } from '../../http/content-mismatch.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { allOrAbort } from '../all-or-abort.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { type ImageManifest, readConfig, readServed } from '../image-manifest.ts'
import { choosePlatform, type Platform } from '../platform.ts'
import { formatReference, parseReference } from '../reference.ts'
import type { Registry } from '../registry/registry.ts'
import { cacheSource } from './cache-source.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { registrySource } from './registry-source.ts'

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
  /** Without one nothing is fetched: what the store lacks is thrown as MissingParts. */
  registry: Registry | undefined
  store: BlobStore
  signal?: AbortSignal
}

/**
 * Fetch an image for one platform into `store`, byte for byte as the registry serves it, the index included: so every
 * digest of the registry is still true on the node.
 */
export async function pullImage({ registry, ...options }: PullOptions): Promise<PulledImage> {
  const reference = formatReference(parseReference(options.reference))
  const source = nameSource(reference, registry, options.store)
  return await collectImage(source, { ...options, reference })
}

/** An image by its name: in its registry, or, without one, in the store. */
export function nameSource(name: string, registry: Registry | undefined, store: BlobStore): ContentSource {
  const reference = parseReference(name)
  return registry === undefined ? cacheSource(reference, store) : registrySource(reference, registry, store)
}

/** Bring everything of one platform of an image into `store`. */
export async function collectImage(
  source: ContentSource,
  { reference, platform, store, signal = new AbortController().signal }: Omit<PullOptions, 'registry'>,
): Promise<PulledImage> {
  const { root, manifest, content } = await followName(source, platform, reference, signal)
  const { config, layers } = content
  let diffIds: string[] = []
  await allOrAbort(signal, ending => [
    source.blob(config, ending).then(async () => {
      diffIds = checkedConfig(await store.read(config.digest), platform, reference)
    }),
    ...layers.map(layer => source.blob(layer, ending)),
  ])
  return {
    reference,
    platform,
    root: descriptorOf(root),
    manifest: descriptorOf(manifest),
    config: descriptorOf(config),
    layers: layers.map(descriptorOf),
    diffIds,
  }
}

/** A name followed to the manifest of one platform; no blob is fetched yet. */
export interface ResolvedImage {
  /** What the name points at: an index, or the manifest itself. */
  root: ServedManifest
  manifest: ServedManifest
  content: ImageManifest
}

/** Follow a name to the manifest of one platform. Throws EdgekitError. */
export async function followName(
  source: ContentSource,
  platform: Platform,
  name: string,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const fetched = await source.top(signal)
  const { digest } = parseReference(name)
  if (digest !== undefined && digest !== fetched.digest) throw otherDigest(digest, fetched.digest)
  const top = readServed(fetched, name)
  const root = { ...fetched, mediaType: top.mediaType }
  if (top.index === undefined) return { root, manifest: root, content: top.manifest }
  const chosen = choosePlatform(top.index.manifests, platform, name)
  const served = await source.manifest(chosen, signal)
  const { mediaType, manifest } = readServed(served, name)
  if (manifest === undefined) {
    throw new EdgekitError(`${name}: the entry for ${platform} is an index within an index`, {
      code: 'image-unusable',
      remedy: 'Push the image with one index.',
    })
  }
  return { root, manifest: { ...served, mediaType }, content: manifest }
}

const descriptorOf = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size })

/** containerd imports an image of the wrong architecture without a word, so the index alone is not trusted. */
function checkedConfig(bytes: Buffer, platform: Platform, image: string): string[] {
  const config = readConfig(bytes, image)
  const actual = `${config.os}/${config.architecture}`
  if (actual === platform) return config.rootfs.diff_ids
  throw new EdgekitError(`${image} is built for ${actual}, asked for was ${platform}`, {
    code: 'wrong-architecture',
    remedy: `Use a tag that has ${platform}.`,
  })
}
