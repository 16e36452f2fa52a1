import type { BlobStore } from '../cache/blob-store.ts'
import { indexTypes, manifestTypes } from '../media-types.ts'
import type { ServedManifest } from './content-source.ts'

/** Larger blobs are layers. */
const largestManifest = 4 * 1024 * 1024

/** The index or manifest with this digest, when the store has it. OCI's may lack the type that says which it is. */
export async function storedManifest(store: BlobStore, digest: string): Promise<ServedManifest | undefined> {
  const size = await store.sizeOf(digest)
  if (size === undefined || size > largestManifest) return undefined
  const bytes = await store.read(digest)
  try {
    const json = JSON.parse(bytes.toString()) as { mediaType?: string; manifests?: unknown }
    const [type] = json.manifests === undefined ? manifestTypes : indexTypes
    return { mediaType: json.mediaType ?? type ?? '', digest, size, bytes }
  } catch {
    return undefined
  }
}
