import { type ImageDamage, isDamaged } from '../node/containerd/image-damage.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { installedManifest } from './installed-bundle.ts'

export interface ImageDamageFacts {
  /** Digests of the images of the installed bundle that containerd has. */
  examined: string[]
  /** Those that are damaged. */
  damaged: ({ reference: string; digest: string } & ImageDamage)[]
}

/** Bytes per millisecond: slow for a flash card, and for a processor that unpacks the layers meanwhile. */
const slow = 5000

async function timeToRead(node: Node): Promise<number> {
  const { images = [] } = (await installedManifest(node)) ?? {}
  return images.reduce((sum, { unpackedSize }) => sum + unpackedSize, 0) / slow
}

/** The fingerprints of images after an install has synced them, by digest. */
async function recordedFingerprints(files: Files): Promise<Map<string, unknown>> {
  const text = await files.read(paths.receipt)
  const { items = [] } = (text === undefined ? {} : JSON.parse(text)) as {
    items?: { kind: string; spec: { digest: string }; after: unknown }[]
  }
  return new Map(items.filter(({ kind }) => kind === 'image').map(({ spec, after }) => [spec.digest, after]))
}

/**
 * Whether the images of the installed bundle are on the disk as they were imported. Reads those that are not as the install
 * left them.
 */
export const imageDamage: Collector<ImageDamageFacts> = {
  timeoutMs: 15_000,
  moreTimeMs: timeToRead,
  async collect(node) {
    const { containerd } = node
    const manifest = await installedManifest(node)
    if (!manifest || !(await containerd.answers())) return { examined: [], damaged: [] }
    // A receipt that cannot be read has a check of its own.
    const undamaged = await recordedFingerprints(node.files).catch(() => undefined)
    const present = new Set((await containerd.images()).map(({ digest }) => digest))
    const images = manifest.images.filter(({ digest }) => present.has(digest))
    const examined = await Promise.all(
      images.map(async ({ reference, digest }) => ({
        reference,
        digest,
        ...(await containerd.damage(digest, { undamaged: undamaged?.get(digest) })),
      })),
    )
    return { examined: examined.map(({ digest }) => digest), damaged: examined.filter(isDamaged) }
  },
}
