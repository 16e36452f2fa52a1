import type { BlobStore } from '../cache/blob-store.ts'
import { indexTypes, manifestTypes, maxManifestSize } from '../media-types.ts'
import type { ServedManifest } from './content-source.ts'

/** The index or manifest with this digest, if it is in the store. `mediaType` is optional in OCI manifests. */
export async function storedManifest(store: BlobStore, digest: string): Promise<ServedManifest | undefined> {
  const size = await store.sizeOf(digest)
  if (size === undefined || size > maxManifestSize) return undefined
  const bytes = await store.read(digest)
  try {
    const json = JSON.parse(bytes.toString()) as { mediaType?: string; manifests?: unknown }
    const [type] = json.manifests === undefined ? manifestTypes : indexTypes
    return { mediaType: json.mediaType ?? type ?? '', digest, size, bytes }
  } catch {
    return undefined
  }
}
