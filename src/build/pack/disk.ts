import type { ManifestFile, ManifestImage } from '../../bundle/manifest.ts'

/**
 * Bytes that a bundle needs on a node: its files, the blobs again in containerd's content store, and the unpacked layers in
 * its snapshots. A shared blob counts once.
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
