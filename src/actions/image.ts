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

interface Before {
  /** The names that the image had; containerd's CRI plugin adds one of its own, `sha256:…`, to each import. */
  names: string[]
  /** Was the name taken by an older image of ours? */
  older: boolean
}

const namesOf = async (digest: string, { containerd }: Node): Promise<string[]> =>
  (await containerd.images()).filter(image => image.digest === digest).map(image => image.reference)

/** `docker.io/library/x:1` and a digest make `docker.io/library/x@sha256:…`, the second name in the archive. */
export const byDigest = (reference: string, digest: string): string =>
  `${reference.replace(/:[^:/]+$/, '')}@${digest}`

async function importPinned(names: readonly string[], spec: ImageSpec, { containerd }: Node): Promise<void> {
  await containerd.importImage(spec.archive, spec.platform)
  for (const name of names) await containerd.labelImage(name, pinnedLabel, 'pinned')
}

export const image: Action<ImageSpec, Before> = {
  kind: 'image',
  describe: ({ reference }) => `Import ${reference} into containerd and pin it`,
  async inspect({ reference, digest }, { containerd }) {
    // It is started, or even installed, by a step before this one.
    if (!(await containerd.answers())) return 'needed'
    const found = (await containerd.images()).find(image => image.reference === reference)
    if (!found) return 'needed'
    if (found.digest !== digest) return 'foreign'
    return found.complete && found.unpacked && found.pinned ? 'done' : 'needed'
  },
  capture: async ({ reference, digest }, node) => ({
    names: await namesOf(digest, node),
    older: (await node.containerd.images()).some(
      image => image.reference === reference && image.digest !== digest,
    ),
  }),
  apply: (spec, node) => importPinned([spec.reference, byDigest(spec.reference, spec.digest)], spec, node),
  async revert({ digest }, { names }, node) {
    // Each call would wait 10 s to say that.
    if (!(await node.containerd.answers())) throw new Error('containerd does not answer')
    const now = await namesOf(digest, node)
    for (const name of now.filter(name => !names.includes(name))) await node.containerd.removeImage(name)
  },
  // By now the older archive is back where it was kept.
  async resume(spec, { older }, node) {
    if (older) await importPinned([spec.reference], spec, node)
  },
  ownership: ({ names, older }) => (older || names.length > 0 ? 'modified' : 'created'),
}
