import { otherSize } from '../../http/content-mismatch.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import { TagCache } from '../cache/tag-cache.ts'
import { readServed } from '../image-manifest.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import type { Registry } from '../registry/registry.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { storedManifest } from './stored-manifest.ts'

/**
 * An image in a registry. Content with a known digest comes from the store if possible. Tags move, so they are resolved
 * each time, and remembered for `--offline`.
 */
export function registrySource(
  reference: ImageReference,
  registry: Registry,
  store: BlobStore,
): ContentSource {
  const name = formatReference(reference)
  const keep = async (served: ServedManifest): Promise<ServedManifest> => {
    await store.writeBytes(served.digest, served.bytes)
    return served
  }
  return {
    async top(signal) {
      const stored = reference.digest && (await storedManifest(store, reference.digest))
      if (stored) return stored
      const fetched = await registry.manifest(reference, reference.digest ?? reference.tag ?? '', signal)
      // The media type in the JSON takes precedence over the Content-Type header.
      const served = { ...fetched, mediaType: readServed(fetched, name).mediaType }
      await keep(served)
      await new TagCache(store.directory).remember(reference, served.digest)
      return served
    },
    async manifest(entry, signal) {
      if (await store.holds(entry)) return { ...entry, bytes: await store.read(entry.digest) }
      const served = await registry.manifest(reference, entry.digest, signal)
      if (served.size !== entry.size) throw otherSize(entry.digest, entry.size, served.size)
      return await keep({ ...served, mediaType: entry.mediaType })
    },
    async blob(blob, signal) {
      await store.ensure(blob, () =>
        registry.blob(reference, blob, bytes => store.write(blob, bytes), signal),
      )
    },
  }
}
