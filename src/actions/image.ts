import type { Containerd } from '../node/containerd/containerd.ts'
import { pinnedLabel } from '../node/containerd/containerd-api.ts'
import type { Node } from '../node/node.ts'
import type { Action } from './action.ts'
import { isContainerdGone } from './containerd-gone.ts'

export interface ImageSpec {
  reference: string
  digest: string
  /** Such as `linux/amd64`. */
  platform: string
  /** The OCI archive on the node. */
  archive: string
}

interface LeasesThen {
  ids: string[]
  time: number
}

interface Before {
  /** The names that the image had; containerd's CRI plugin adds one of its own, `sha256:…`, to each import. */
  names: string[]
  /** Was the name taken by an older image of ours? */
  older: boolean
  /** The leases that others had, and when that was, milliseconds since 1970. A journal of an older edgekit has none. */
  leases?: LeasesThen
}

/** An import takes its lease before anything else; a slow `ctr` on a busy machine is started within this time. */
const leaseWithinMs = 60_000

/** `docker.io/library/x:1` and a digest make `docker.io/library/x@sha256:…`, the second name in the archive. */
export const byDigest = (reference: string, digest: string): string =>
  `${reference.replace(/:[^:/]+$/, '')}@${digest}`

const leasesNow = async (containerd: Containerd): Promise<LeasesThen> => ({
  ids: (await containerd.leases()).map(({ id }) => id),
  time: Date.now(),
})

/**
 * Remove the lease of an import that was cut off, as by a power cut: it keeps for a day what that import had brought.
 * `ctr` cannot name its lease, so it is known by its time; those that were there before belong to others.
 */
async function dropLease({ leases }: Before, { containerd }: Node): Promise<void> {
  if (!leases) return
  const { ids, time } = leases
  const isOurs = (created: number): boolean => created > time - 1000 && created < time + leaseWithinMs
  for (const { id, created } of await containerd.leases())
    if (!ids.includes(id) && isOurs(created)) await containerd.removeLease(id)
}

async function importPinned(names: readonly string[], spec: ImageSpec, { containerd }: Node): Promise<void> {
  await containerd.importImage(spec.archive, spec.platform)
  await Promise.all([
    containerd.flush(),
    ...names.map(name => containerd.labelImage(name, pinnedLabel, 'pinned')),
  ])
}

export const image: Action<ImageSpec, Before> = {
  kind: 'image',
  describe: ({ reference }) => `Import ${reference} into containerd and pin it`,
  async inspect({ reference, digest }, { containerd }) {
    // It is started, or even installed, by a step before this one.
    if (!(await containerd.answers())) return 'needed'
    const found = (await containerd.imageNames()).find(image => image.reference === reference)
    if (!found) return 'needed'
    if (found.digest !== digest) return 'foreign'
    return found.pinned && (await containerd.isWhole(found)) ? 'done' : 'needed'
  },
  async capture({ reference, digest }, { containerd }) {
    const [images, leases] = await Promise.all([containerd.imageNames(), leasesNow(containerd)])
    return {
      names: images.filter(image => image.digest === digest).map(image => image.reference),
      older: images.some(image => image.reference === reference && image.digest !== digest),
      leases,
    }
  },
  async recapture(_, before, node) {
    await dropLease(before, node)
    return { ...before, leases: await leasesNow(node.containerd) }
  },
  apply: (spec, node) => importPinned([spec.reference, byDigest(spec.reference, spec.digest)], spec, node),
  async revert({ digest }, before, node) {
    const { containerd } = node
    // Each call would wait 10 s to say that.
    if (!(await containerd.answers())) {
      if (await isContainerdGone(node)) return
      throw new Error('containerd does not answer')
    }
    const now = (await containerd.imageNames()).filter(image => image.digest === digest)
    for (const { reference } of now.filter(({ reference }) => !before.names.includes(reference)))
      await containerd.removeImage(reference)
    await dropLease(before, node)
  },
  // By now the older archive is back where it was kept.
  async restartAfterRollback(spec, { older }, node) {
    if (older) await importPinned([spec.reference], spec, node)
  },
  ownership: ({ names, older }) => (older || names.length > 0 ? 'modified' : 'created'),
}
