import type { Node } from '../node/node.ts'

/** Looks at one side of a node and changes nothing. What it throws becomes the reason why the fact is unknown. */
export interface Collector<T> {
  name: string
  /** After so many milliseconds the fact counts as unknown; nothing waits longer. */
  timeoutMs: number
  /** It costs too much for a doctor, who can do without. */
  onlyBeforeInstall?: true
  /** An install does not change it, so that after it what was found before still holds. */
  lasting?: true
  collect(node: Node, signal: AbortSignal): Promise<T>
}
