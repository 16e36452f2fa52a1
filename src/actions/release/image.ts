import { pinnedLabel } from '../../node/containerd/containerd-api.ts'
import { isContainerdGone } from '../containerd-gone.ts'
import { byDigest, type ImageSpec } from '../image.ts'
import type { Release } from './release.ts'

interface Before {
  names: string[]
}

/** The name that containerd's CRI plugin gives to each image. */
const isItself = (name: string): boolean => name.startsWith('sha256:')

/** Names that only edgekit gave go, unless a container of somebody else uses the image; then it is unpinned. */
export const releaseImage: Release<ImageSpec, Before> = {
  title: ({ spec: { reference } }) => `Remove ${reference} from containerd`,
  async release({ spec: { reference, digest }, before }, { node, containers, neededNames }) {
    const { containerd } = node
    if (!containers) {
      if (await isContainerdGone(node)) return []
      throw new Error('containerd does not answer')
    }
    const named = (await containerd.imageNames()).filter(image => image.digest === digest)
    const names = named.map(image => image.reference)
    const given = names.filter(name => !before.names.includes(name))
    // A name that somebody else gave to the same image is not ours, and what it is called by itself goes with the last.
    const ours = [reference, byDigest(reference, digest)].filter(name => !neededNames.includes(name))
    const isLast = given.every(name => ours.includes(name) || isItself(name))
    const going = given.filter(name => ours.includes(name) || (isLast && isItself(name)))
    const unpin = async (images: typeof named) => {
      for (const image of images.filter(({ pinned, reference }) => pinned && ours.includes(reference)))
        await containerd.labelImage(image.reference, pinnedLabel, '')
    }
    const users = containers.filter(({ image }) => going.includes(image))
    if (users.length > 0) {
      await unpin(named)
      const ids = users.map(({ id }) => id).join(', ')
      return [{ what: reference, why: `these containers use it: ${ids}. It is no longer pinned` }]
    }
    for (const name of going) await containerd.removeImage(name)
    if (before.names.length > 0) await unpin(named.filter(({ reference }) => !going.includes(reference)))
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
