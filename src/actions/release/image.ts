import { pinnedLabel } from '../../node/containerd.ts'
import type { ImageSpec } from '../image.ts'
import type { Release } from './release.ts'

interface Before {
  names: string[]
}

/** Names that only edgekit gave go, unless a container of somebody else uses the image; then it is unpinned. */
export const releaseImage: Release<ImageSpec, Before> = {
  title: ({ spec: { reference } }) => `Remove ${reference} from containerd`,
  async release({ spec: { reference, digest }, before }, { node: { containerd }, containers }) {
    if (!containers)
      return [{ what: reference, why: 'containerd does not answer; start it and uninstall again' }]
    const named = (await containerd.images()).filter(image => image.digest === digest)
    const names = named.map(image => image.reference)
    const users = containers.filter(({ image }) => names.includes(image))
    const unpin = async () => {
      for (const image of named)
        if (image.pinned) await containerd.labelImage(image.reference, pinnedLabel, '')
    }
    if (users.length > 0) {
      await unpin()
      const ids = users.map(({ id }) => id).join(', ')
      return [{ what: reference, why: `these containers use it: ${ids}. It is no longer pinned` }]
    }
    for (const name of names) if (!before.names.includes(name)) await containerd.removeImage(name)
    if (before.names.length > 0) await unpin()
    return []
  },
  async difference({ spec: { reference, digest } }, { containerd }) {
    if (!(await containerd.answers())) return 'cannot be looked at: containerd does not answer'
    const found = (await containerd.images()).find(image => image.reference === reference)
    if (!found) return 'is gone from containerd'
    if (found.digest !== digest) return `has digest ${found.digest}, expected ${digest}`
    if (!found.complete || !found.unpacked) return 'is incomplete'
    return found.pinned ? undefined : 'is not pinned'
  },
}
