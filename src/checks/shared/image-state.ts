import type { ManifestImage } from '../../bundle/manifest.ts'
import type { ContainerdImage } from '../../node/containerd/containerd.ts'

/** The state of a bundle image in containerd. An `unpinned` image is complete but may be evicted. */
export type ImageState =
  | { state: 'missing' | 'foreign' | 'damaged'; problem: string }
  | { state: 'unpinned' | 'good' }

/** docs/checks.md explains why bundle images need this label. */
export const pinCommand = (reference: string): string =>
  `ctr -n k8s.io images label ${reference} io.cri-containerd.pinned=pinned`

/** Compare an image of the bundle with the image containerd has under its name. */
export function judgeImage(expected: ManifestImage, images: readonly ContainerdImage[]): ImageState {
  const { reference, digest, platform } = expected
  const found = images.find(image => image.reference === reference)
  if (!found) return { state: 'missing', problem: `${reference} is missing from namespace k8s.io` }
  if (found.platforms.length > 0 && !found.platforms.some(name => name.startsWith(platform))) {
    const problem = `${reference} is for ${found.platforms.join(', ')}, expected ${platform}`
    return { state: 'foreign', problem }
  }
  if (found.digest !== digest) {
    return { state: 'foreign', problem: `${reference} is ${found.digest}, expected ${digest}` }
  }
  if (!found.complete) return { state: 'damaged', problem: `${reference} is incomplete` }
  if (!found.unpacked) return { state: 'damaged', problem: `${reference} is not unpacked` }
  return { state: found.pinned ? 'good' : 'unpinned' }
}
