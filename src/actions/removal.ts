import type { ContainerdContainer } from '../node/containerd/containerd-api.ts'
import type { Node } from '../node/node.ts'

/** Something edgekit created or changed, as recorded in the receipt. */
export interface Owned<Spec = unknown, Before = unknown> {
  spec: Spec
  ownership: 'created' | 'modified'
  /** Captured before the first change. */
  before: Before
  /** The action's fingerprint after the last change, or null. */
  after: unknown
}

export interface RemovalContext {
  node: Node
  /** Remove data too. */
  purge: boolean
  /** Containers other than the broker; undefined when containerd does not answer or is gone. */
  containers: readonly ContainerdContainer[] | undefined
  /** Image names to keep because something that stays uses them. */
  neededNames: readonly string[]
}

/** Something that stays on the node. */
export interface Kept {
  what: string
  why: string
  /** `--purge` removes it. */
  purgeable?: true
}

/**
 * Removes what an action made, long after the install. Only what is unchanged is removed; what is already gone is fine,
 * so an interrupted uninstall can be repeated.
 */
export interface Removal<Spec, Before> {
  title(item: Owned<Spec, Before>): string
  remove(item: Owned<Spec, Before>, context: RemovalContext): Promise<Kept[]>
  /** How the node differs from what edgekit left, as a predicate (`is gone`); undefined when it does not. Read-only. */
  difference(item: Owned<Spec, Before>, node: Node): Promise<string | undefined>
}

/** The `difference` of something that no longer exists. */
export const gone = 'is gone'
