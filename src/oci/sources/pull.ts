import { otherDigest } from '../../http/content-mismatch.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { allOrAbort } from '../all-or-abort.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { type ImageManifest, readConfig, readServed } from '../image-manifest.ts'
import { maxManifestSize } from '../media-types.ts'
import { choosePlatform, type Platform } from '../platform.ts'
import { formatReference, parseReference } from '../reference.ts'
import type { Registry } from '../registry/registry.ts'
import { cacheSource } from './cache-source.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { registrySource } from './registry-source.ts'

/** An image of one platform, with all its blobs in a store. */
export interface PulledImage {
  /** Full form of the requested reference. */
  reference: string
  platform: Platform
  /** What the tag points to: an index or a manifest. It is in the store too. */
  root: Descriptor
  manifest: Descriptor
  config: Descriptor
  /** Lowest layer first. */
  layers: Descriptor[]
  /** Digests of the uncompressed layers, in the same order. */
  diffIds: string[]
}

export interface PullOptions {
  reference: string
  platform: Platform
  /** Without one, nothing is fetched: content missing from the store is thrown as MissingParts. */
  registry: Registry | undefined
  store: BlobStore
  signal?: AbortSignal
}

/**
 * Fetch an image for one platform into `store`, byte for byte and including its index, so that every digest of the
 * registry stays valid on the node. Throws EdgekitError.
 */
export async function pullImage({ registry, ...options }: PullOptions): Promise<PulledImage> {
  const reference = formatReference(parseReference(options.reference))
  const source = nameSource(reference, registry, options.store)
  return await collectImage(source, { ...options, reference })
}

/** An image by name: in its registry, or in the store if `registry` is undefined. */
export function nameSource(name: string, registry: Registry | undefined, store: BlobStore): ContentSource {
  const reference = parseReference(name)
  return registry === undefined ? cacheSource(reference, store) : registrySource(reference, registry, store)
}

/** Fetch all content of an image for one platform into `store`. */
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

/** A name resolved to the manifest of one platform; no blobs are fetched yet. */
export interface ResolvedImage {
  /** What the name points to: an index, or the manifest itself. */
  root: ServedManifest
  manifest: ServedManifest
  content: ImageManifest
}

/** Resolve a name to the manifest of one platform. Throws EdgekitError. */
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
  if (chosen.size > maxManifestSize) {
    throw new EdgekitError(
      `cannot use ${name}: its manifest has ${chosen.size} bytes, the limit is ${maxManifestSize}`,
      { code: 'image-unusable', remedy: 'Use another image, or build it with fewer and smaller layers.' },
    )
  }
  const served = await source.manifest(chosen, signal)
  const { mediaType, manifest } = readServed(served, name)
  if (manifest === undefined) {
    throw new EdgekitError(`cannot use ${name}: its entry for ${platform} is another index`, {
      code: 'image-unusable',
      remedy: 'Push the image again with a single index.',
    })
  }
  return { root, manifest: { ...served, mediaType }, content: manifest }
}

const descriptorOf = ({ mediaType, digest, size }: Descriptor): Descriptor => ({ mediaType, digest, size })

/** containerd silently imports images of another architecture, so the index alone is not trusted. */
function checkedConfig(bytes: Buffer, platform: Platform, image: string): string[] {
  const config = readConfig(bytes, image)
  const actual = `${config.os}/${config.architecture}`
  if (actual === platform) return config.rootfs.diff_ids
  throw new EdgekitError(`cannot use ${image}: it is built for ${actual}, not ${platform}`, {
    code: 'wrong-architecture',
    remedy: `Use a tag that supports ${platform}.`,
  })
}
