import { pinnedLabel } from '../node/containerd.ts'
import type { Action } from './action.ts'

export interface ImageSpec {
  reference: string
  digest: string
  /** Such as `linux/amd64`. */
  platform: string
  /** The OCI archive on the node. */
  archive: string
}

export const image: Action<ImageSpec, { present: boolean }> = {
  kind: 'image',
  describe: ({ reference }) => `Import ${reference} into containerd and pin it`,
  async inspect({ reference, digest }, { containerd }) {
    const found = (await containerd.images()).find(image => image.reference === reference)
    return found?.digest === digest && found.complete && found.unpacked && found.pinned ? 'done' : 'needed'
  },
  capture: async ({ reference }, { containerd }) => ({
    present: (await containerd.images()).some(image => image.reference === reference),
  }),
  async apply({ reference, digest, platform, archive }, { containerd }) {
    await containerd.importImage(archive, platform)
    for (const name of [reference, byDigest(reference, digest)]) {
      await containerd.labelImage(name, pinnedLabel, 'pinned')
    }
  },
  async revert({ reference, digest }, { present }, { containerd }) {
    if (present) return
    for (const name of [reference, byDigest(reference, digest)]) await containerd.removeImage(name)
  },
}

/** `docker.io/library/x:1` and a digest make `docker.io/library/x@sha256:…`, the second name in the archive. */
const byDigest = (reference: string, digest: string): string =>
  `${reference.replace(/:[^:/]+$/, '')}@${digest}`
