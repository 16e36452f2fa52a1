import type { ManifestImage } from '../../bundle/manifest.ts'
import type { BlobStore } from '../../oci/cache/blob-store.ts'
import type { ImageContents } from '../../oci/layer/image-contents.ts'
import { layerKind } from '../../oci/layer/layer.ts'
import type { PulledImage } from '../../oci/sources/pull.ts'
import { ociArchive } from '../../oci/write-archive.ts'
import type { PayloadMember } from './payload-member.ts'

/** An image of a bundle, the path of its archive in the bundle, and what its layers contain. */
export interface BundleImage {
  reference: string
  archive: string
  pulled: PulledImage
  contents: ImageContents
}

/** The OCI archive of an image, its layers byte for byte as the registry served them. */
export async function imageMember(
  { archive, pulled }: Pick<BundleImage, 'archive' | 'pulled'>,
  store: BlobStore,
): Promise<PayloadMember> {
  // A registry compresses layers; docker save does not.
  const kinds = await Promise.all(pulled.layers.map(({ digest }) => layerKind(store.path(digest))))
  const isStored = !kinds.includes('tar')
  return { path: archive, mode: 0o644, isStored, ...ociArchive(pulled, store) }
}

/** The manifest entry of an image. */
export const manifestImage = ({ reference, archive, pulled, contents }: BundleImage): ManifestImage => ({
  reference,
  digest: pulled.root.digest,
  archive,
  platform: pulled.platform,
  manifestDigest: pulled.manifest.digest,
  configDigest: pulled.config.digest,
  layers: pulled.layers.map(({ digest, size }, index) => ({
    digest,
    size,
    unpackedSize: contents.unpackedSizes[index] ?? 0,
  })),
  unpackedSize: contents.unpackedSizes.reduce((sum, size) => sum + size, 0),
})
