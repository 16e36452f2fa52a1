import type { Role } from '../../../lab/bundles/bundle.ts'
import type { LabNode } from '../../../lab/machine/node.ts'
import type { Release } from '../../../lab/machine/tree.ts'

/** One way to break a node for real, and what edgekit must then say. */
export interface Fault {
  /** What was done, as a person would say it. */
  what: string
  /** `preflight`: broken before an install, which must refuse. `doctor`: broken after one. */
  occasion: 'preflight' | 'doctor'
  /** Id of the check that must fail, or say that it could not look. */
  fails: string
  /** `warn`: the node still works, and the check only says so. */
  status?: 'warn'
  /** Must be in what the check says: what it saw, or what to do. */
  says: RegExp
  /** What the machine is for; an edge node when it does not say. */
  role?: Role
  /** The one release it is tried on, when it is the same on all. */
  release?: Release
  breakIt(node: LabNode): Promise<unknown>
  /** Puts the node back as it was. Faults with it are tried one after the other on one node. */
  mend?(node: LabNode): Promise<unknown>
  /** `doctor --fix` makes the node healthy again. */
  heals?: true
  /** Put in front of the command, when the fault is in how edgekit is started. */
  prefix?: string
}

/** A fault that only edgekit sees: this script of `mount` and the like changes what the machine looks like to it. */
export const seenAfter = (script: string): Pick<Fault, 'breakIt' | 'mend' | 'prefix'> => ({
  breakIt: async () => undefined,
  mend: async () => undefined,
  prefix: `unshare --mount sh -e -c '${script.replaceAll("'", `'\\''`)}\nexec "$@"' sh`,
})
