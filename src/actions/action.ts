import type { Node } from '../node/node.ts'

/** Is there something to do? `foreign`: what is there is somebody else's, and is not ours to replace. */
export type Inspection = 'done' | 'needed' | 'foreign'

/**
 * One kind of change to a node. A spec is plain data and says all there is to say about one such change; `capture`
 * keeps what `revert` needs to put the node back as it was.
 */
export interface Action<Spec, Before = unknown> {
  kind: string
  describe(spec: Spec): string
  inspect(spec: Spec, node: Node): Promise<Inspection>
  capture(spec: Spec, node: Node): Promise<Before>
  apply(spec: Spec, node: Node): Promise<void>
  revert(spec: Spec, before: Before, node: Node): Promise<void>
  /** What takes effect only when everything else has been put back too. */
  resume?(spec: Spec, before: Before, node: Node): Promise<void>
}
