import type { Role } from '../../../lab/bundles/bundle.ts'
import type { LabNode } from '../../../lab/machine/node.ts'
import type { Release } from '../../../lab/machine/tree.ts'
import { type Arch, hostArch } from '../../../tools/node-runtime.ts'

/** An architecture that is not that of the nodes. */
export const foreignArch: Arch = hostArch() === 'amd64' ? 'arm64' : 'amd64'

/** One way to break a real node, and what edgekit must then report. */
export interface Fault {
  /** What is broken; part of the test title. */
  what: string
  /** `preflight`: broken before an install, which must refuse. `doctor`: broken after one. */
  occasion: 'preflight' | 'doctor'
  /** Id of the check that must report it. */
  fails: string
  /** `fail` by default. `warn`: the node still works. `error`: the check could not be run. */
  status?: 'warn' | 'error'
  /** Must match the finding, as JSON: what was seen, or the remedy. */
  words: RegExp
  /** The broker has the profile `devices`, reached at 198.51.100.10. These share one node, too. */
  devices?: true
  /** The device service is installed. These share one node, too. */
  service?: true
  /** Role of the machine; an edge node by default. */
  role?: Role
  /** The only release it is tried on, when all behave the same. */
  release?: Release
  breakIt(node: LabNode): Promise<unknown>
  /** Restores the node. Faults with a repair share one node, one after the other. */
  repair?(node: LabNode): Promise<unknown>
  /** `doctor --fix` must make the node healthy again. */
  fixable?: true
  /** The commands of the remedy, run as printed, must make the node healthy again. */
  remedied?: true
  /** Prepended to the command when the fault is in how edgekit is started. */
  prefix?: string
}

/** A fault visible only to edgekit: the script changes its view of the machine, for example with `mount`. */
export const visibleAfter = (script: string): Pick<Fault, 'breakIt' | 'repair' | 'prefix'> => ({
  breakIt: async () => undefined,
  repair: async () => undefined,
  prefix: `unshare --mount sh -e -c '${script.replaceAll("'", `'\\''`)}\nexec "$@"' sh`,
})
