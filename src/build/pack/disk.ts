import type { ManifestFile, ManifestImage } from '../../bundle/manifest.ts'

/**
 * Bytes that installing a bundle takes on a node: every file of it in its place, the blobs once more in containerd's
 * content store, and the layers unpacked in its snapshots. A blob that several images share counts once.
 */
export function diskNeeded(
  files: readonly Pick<ManifestFile, 'size'>[],
  images: readonly Pick<ManifestImage, 'layers'>[],
): number {
  const layers = new Map(images.flatMap(image => image.layers.map(layer => [layer.digest, layer])))
  const sum = (sizes: number[]): number => sizes.reduce((total, size) => total + size, 0)
  return (
    sum(files.map(({ size }) => size)) +
    sum([...layers.values()].map(({ size, unpackedSize }) => size + unpackedSize))
  )
}
