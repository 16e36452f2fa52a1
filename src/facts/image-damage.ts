import { type ImageDamage, isDamaged } from '../node/containerd/image-damage.ts'
import type { Collector } from './collector.ts'
import { installedManifest } from './installed-bundle.ts'

export interface ImageDamageFacts {
  /** Digests of the images of the installed bundle that containerd has. */
  examined: string[]
  /** Those that are damaged. */
  damaged: ({ reference: string; digest: string } & ImageDamage)[]
}

/** Whether the images of the installed bundle are on the disk as they were imported. Reads all of them. */
export const imageDamage: Collector<ImageDamageFacts> = {
  timeoutMs: 15_000,
  async collect(node) {
    const { containerd } = node
    const manifest = await installedManifest(node)
    if (!manifest || !(await containerd.answers())) return { examined: [], damaged: [] }
    const present = new Set((await containerd.images()).map(({ digest }) => digest))
    const images = manifest.images.filter(({ digest }) => present.has(digest))
    const examined = await Promise.all(
      images.map(async ({ reference, digest }) => ({
        reference,
        digest,
        ...(await containerd.damage(digest)),
      })),
    )
    return { examined: examined.map(({ digest }) => digest), damaged: examined.filter(isDamaged) }
  },
}
