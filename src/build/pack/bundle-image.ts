import type { ManifestImage } from '../../bundle/manifest.ts'
import type { BlobStore } from '../../oci/cache/blob-store.ts'
import type { ImageContents } from '../../oci/layer/image-contents.ts'
import type { PulledImage } from '../../oci/sources/pull.ts'
import { ociArchive } from '../../oci/write-archive.ts'
import type { TarMember } from '../../tar/write.ts'

/** An image of a bundle, where its archive lies in there, and what was found in its layers. */
export interface BundleImage {
  reference: string
  archive: string
  pulled: PulledImage
  contents: ImageContents
}

/** The OCI archive of an image: layers byte for byte as the registry served them. */
export const imageMember = (
  { archive, pulled }: Pick<BundleImage, 'archive' | 'pulled'>,
  store: BlobStore,
): TarMember => ({
  path: archive,
  mode: 0o644,
  ...ociArchive(pulled, store),
})

/** What the manifest says of an image. */
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
