import type { BlobStore } from '../cache/blob-store.ts'
import { TagCache } from '../cache/tag-cache.ts'
import type { Descriptor } from '../descriptor.ts'
import { MissingParts } from '../missing-parts.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { storedManifest } from './stored-manifest.ts'

/** An image that must already be in the store. Throws MissingParts for content that is not. */
export function cacheSource(reference: ImageReference, store: BlobStore): ContentSource {
  const name = formatReference(reference)
  const requireBlob = async ({ digest, size }: Descriptor, what: string): Promise<void> => {
    if (!(await store.holds({ digest, size })))
      throw new MissingParts([`${name}: ${what} ${digest} (${size} bytes)`])
  }
  const read = async (entry: Descriptor): Promise<ServedManifest> => {
    await requireBlob(entry, 'manifest')
    return { ...entry, bytes: await store.read(entry.digest) }
  }
  return {
    async top() {
      const digest = reference.digest ?? (await new TagCache(store.directory).find(reference))
      const stored = digest === undefined ? undefined : await storedManifest(store, digest)
      if (stored !== undefined) return stored
      throw new MissingParts([
        digest === undefined ? `${name}: never fetched into this cache` : `${name}: manifest ${digest}`,
      ])
    },
    manifest: read,
    blob: blob => requireBlob(blob, 'blob'),
  }
}
