import type { Node } from '../node/node.ts'

/** Collects one fact about a node and changes nothing. Anything it throws becomes the reason why the fact is unknown. */
export interface Collector<T> {
  /** After this time the fact is unknown; later on a slow machine. */
  timeoutMs: number
  /** How much longer it may take on this node. */
  moreTimeMs?(node: Node): Promise<number>
  /** Only an install needs it, and it is too slow for `doctor`. */
  onlyBeforeInstall?: true
  /** An install does not change it, so it need not be collected again afterwards. */
  unchangedByInstall?: true
  collect(node: Node, signal: AbortSignal): Promise<T>
}
