import type { Containerd } from '../node/containerd/containerd.ts'
import { type ImageName, pinnedLabel } from '../node/containerd/containerd-api.ts'
import { isDamaged } from '../node/containerd/image-damage.ts'
import type { Node } from '../node/node.ts'
import type { Action } from './action.ts'
import { isContainerdGone } from './containerd-gone.ts'
import { importImage } from './import-image.ts'
import type { Kept, Removal } from './removal.ts'

export interface ImageSpec {
  reference: string
  digest: string
  /** Such as `linux/amd64`. */
  platform: string
  /** Path of the OCI archive on the node. */
  archive: string
}

/** The leases other clients held at a time, in milliseconds since 1970. */
interface LeaseSnapshot {
  ids: string[]
  time: number
}

interface Before {
  /** Names the image already had; containerd's CRI plugin adds a `sha256:…` name to every import. */
  names: string[]
  /** The reference belonged to an older image of ours. */
  older: boolean
  /** Absent in journals of older versions of edgekit. */
  leases?: LeaseSnapshot
}

/** `ctr` takes its lease before anything else; on a busy machine it may take this long to start. */
const leaseWithinMs = 60_000

/** `docker.io/library/x:1` becomes `docker.io/library/x@sha256:…`, the second name in the archive. */
export const byDigest = (reference: string, digest: string): string =>
  `${reference.replace(/:[^:/]+$/, '')}@${digest}`

const leaseSnapshot = async (containerd: Containerd): Promise<LeaseSnapshot> => ({
  ids: (await containerd.leases()).map(({ id }) => id),
  time: Date.now(),
})

/**
 * Removes the lease of an interrupted import, which would keep its content for a day. `ctr` cannot name its lease, so
 * it is identified by its creation time; leases that existed before belong to others.
 */
async function dropLease({ leases }: Before, { containerd }: Node): Promise<void> {
  if (!leases) return
  const { ids, time } = leases
  const isOurs = (created: number): boolean => created > time - 1000 && created < time + leaseWithinMs
  for (const { id, created } of await containerd.leases())
    if (!ids.includes(id) && isOurs(created)) await containerd.removeLease(id)
}

/**
 * Imports the image, protects these names from eviction and syncs everything to the disk. Returns `done` when it has
 * verified the result.
 */
export async function importPinned(
  names: readonly string[],
  spec: ImageSpec,
  node: Node,
  options: { mayStopBroker: boolean },
): Promise<'done' | undefined> {
  const { containerd } = node
  const outcome = await importImage(spec, node, options)
  // Before the sync: containerd would wait for it.
  for (const name of names) await containerd.labelImage(name, pinnedLabel, 'pinned')
  await containerd.flush()
  return outcome
}

/** The name containerd's CRI plugin gives to every image. */
const isIdName = (name: string): boolean => name.startsWith('sha256:')

async function unpin(names: readonly string[], images: readonly ImageName[], { containerd }: Node) {
  for (const { reference } of images.filter(({ pinned, reference }) => pinned && names.includes(reference)))
    await containerd.labelImage(reference, pinnedLabel, '')
}

/** Removes the names edgekit gave; an image that other containers use keeps them and is unpinned. */
const removal: Removal<ImageSpec, Before> = {
  title: ({ spec: { reference } }) => `Remove image ${reference}`,
  async remove({ spec: { reference, digest }, before }, { node, containers, neededNames }): Promise<Kept[]> {
    const { containerd } = node
    if (!containers) {
      if (await isContainerdGone(node)) return []
      throw new Error('containerd does not answer')
    }
    const images = (await containerd.imageNames()).filter(image => image.digest === digest)
    const added = images.map(image => image.reference).filter(name => !before.names.includes(name))
    // Names that others gave to the same image are not ours; the `sha256:…` name goes with the last name.
    const ours = [reference, byDigest(reference, digest)].filter(name => !neededNames.includes(name))
    const isLast = added.every(name => ours.includes(name) || isIdName(name))
    const removable = added.filter(name => ours.includes(name) || (isLast && isIdName(name)))
    const users = containers.filter(({ image }) => removable.includes(image))
    if (users.length > 0) {
      await unpin(ours, images, node)
      const ids = users.map(({ id }) => id).join(', ')
      return [{ what: reference, why: `used by containers ${ids}; no longer pinned` }]
    }
    for (const name of removable) await containerd.removeImage(name)
    if (before.names.length > 0)
      await unpin(
        ours,
        images.filter(({ reference }) => !removable.includes(reference)),
        node,
      )
    return []
  },
  async difference({ spec: { reference, digest }, after }, { containerd }) {
    if (!(await containerd.answers())) return 'could not be checked: containerd does not answer'
    const found = (await containerd.images()).find(image => image.reference === reference)
    if (!found) return 'is gone from containerd'
    if (found.digest !== digest) return `has digest ${found.digest}, expected ${digest}`
    if (!found.complete || !found.unpacked) return 'is incomplete'
    if (isDamaged(await containerd.damage(digest, { undamaged: after }))) return 'is damaged'
    return found.pinned ? undefined : 'is not pinned'
  },
}

export const image: Action<ImageSpec, Before> = {
  kind: 'image',
  describe: ({ reference }) => `Import image ${reference}`,
  async inspect({ reference, digest }, { containerd }) {
    // An earlier step of the plan starts or even installs it.
    if (!(await containerd.answers())) return 'needed'
    const found = (await containerd.imageNames()).find(image => image.reference === reference)
    if (!found) return 'needed'
    if (found.digest !== digest) return 'foreign'
    return found.pinned && (await containerd.isWhole(found)) ? 'done' : 'needed'
  },
  async capture({ reference, digest }, { containerd }) {
    const [images, leases] = await Promise.all([containerd.imageNames(), leaseSnapshot(containerd)])
    return {
      names: images.filter(image => image.digest === digest).map(image => image.reference),
      older: images.some(image => image.reference === reference && image.digest !== digest),
      leases,
    }
  },
  async recapture(_, before, node) {
    await dropLease(before, node)
    return { ...before, leases: await leaseSnapshot(node.containerd) }
  },
  apply: (spec, node) =>
    importPinned([spec.reference, byDigest(spec.reference, spec.digest)], spec, node, {
      mayStopBroker: true,
    }),
  async revert({ digest }, before, node) {
    const { containerd } = node
    // Without this test every call would block for 10 s.
    if (!(await containerd.answers())) {
      if (await isContainerdGone(node)) return
      throw new Error('containerd does not answer')
    }
    const now = (await containerd.imageNames()).filter(image => image.digest === digest)
    for (const { reference } of now.filter(({ reference }) => !before.names.includes(reference)))
      await containerd.removeImage(reference)
    await dropLease(before, node)
  },
  // By now the older archive has been restored.
  async restartAfterRollback(spec, { older }, node) {
    if (older) await importPinned([spec.reference], spec, node, { mayStopBroker: true })
  },
  // By now it has been unpacked or compared, and synced, so a later run need not read it.
  fingerprint: ({ digest }, { containerd }) => containerd.fingerprint(digest),
  ownership: ({ names, older }) => (older || names.length > 0 ? 'modified' : 'created'),
  removal,
}
