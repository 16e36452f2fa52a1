import { pinnedLabel } from '../node/containerd.ts'
import type { Node } from '../node/node.ts'
import type { Action } from './action.ts'

export interface ImageSpec {
  reference: string
  digest: string
  /** Such as `linux/amd64`. */
  platform: string
  /** The OCI archive on the node. */
  archive: string
}

/** The names that the image had before; containerd's CRI plugin adds one of its own, `sha256:…`, to each import. */
interface Before {
  names: string[]
}

const namesOf = async (digest: string, { containerd }: Node): Promise<string[]> =>
  (await containerd.images()).filter(image => image.digest === digest).map(image => image.reference)

export const image: Action<ImageSpec, Before> = {
  kind: 'image',
  describe: ({ reference }) => `Import ${reference} into containerd and pin it`,
  async inspect({ reference, digest }, { containerd }) {
    const found = (await containerd.images()).find(image => image.reference === reference)
    return found?.digest === digest && found.complete && found.unpacked && found.pinned ? 'done' : 'needed'
  },
  capture: async ({ digest }, node) => ({ names: await namesOf(digest, node) }),
  async apply({ reference, digest, platform, archive }, { containerd }) {
    await containerd.importImage(archive, platform)
    for (const name of [reference, byDigest(reference, digest)]) {
      await containerd.labelImage(name, pinnedLabel, 'pinned')
    }
  },
  async revert({ digest }, { names }, node) {
    const now = await namesOf(digest, node)
    for (const name of now.filter(name => !names.includes(name))) await node.containerd.removeImage(name)
  },
}

/** `docker.io/library/x:1` and a digest make `docker.io/library/x@sha256:…`, the second name in the archive. */
const byDigest = (reference: string, digest: string): string =>
  `${reference.replace(/:[^:/]+$/, '')}@${digest}`
