import type { ContainerdContainer } from '../../node/containerd/containerd-api.ts'
import type { Node } from '../../node/node.ts'

/** What edgekit made or changed, as the receipt has it. */
export interface Owned<Spec = unknown, Before = unknown> {
  spec: Spec
  ownership: 'created' | 'modified'
  /** As captured before the first change. */
  before: Before
  /** As left behind by the last one, where the spec does not say it. */
  after: unknown
}

export interface ReleaseContext {
  node: Node
  /** Data goes too. */
  purge: boolean
  /** What runs in containerd besides the broker; undefined when containerd does not answer, or is gone. */
  containers: readonly ContainerdContainer[] | undefined
  /** Names of images that have to stay, because something that is not taken back has them too. */
  neededNames: readonly string[]
}

/** What a difference says of something that is not there any more. */
export const gone = 'is gone'

/** Something that stays on the node. */
export interface Kept {
  what: string
  why: string
  /** As it should be, and no surprise. */
  intended?: true
}

/**
 * Taking back what an install made, long after it. Only what is still as it was left goes; what is not there any more is
 * fine, so that it can be done again after it was interrupted.
 */
export interface Release<Spec, Before> {
  title(item: Owned<Spec, Before>): string
  release(item: Owned<Spec, Before>, context: ReleaseContext): Promise<Kept[]>
  /** How the node differs from what was left; undefined when it does not. Only looks. */
  difference(item: Owned<Spec, Before>, node: Node): Promise<string | undefined>
}
