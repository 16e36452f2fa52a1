import type { Node } from '../node/node.ts'
import type { Preview } from './files/preview.ts'

/** Is there something to do? `foreign`: what is there is somebody else's, and is not ours to replace. */
export type Inspection = 'done' | 'needed' | 'foreign'

/** Keep a copy of a file for `revert`; the path of the copy, which only root can read. */
export type BackUp = (path: string) => Promise<string>

/**
 * One kind of change to a node. A spec is plain data and says all there is to say about one such change; `capture`
 * keeps what `revert` needs to put the node back as it was. Both are written to disk as JSON before the change, and
 * whoever reverts may be another process: neither holds a secret or the content of a file.
 *
 * The process may be killed at any moment, so `apply` makes it right from a half-done state, and `revert` puts back
 * what was before from any state, also a second time.
 */
export interface Action<Spec, Before = unknown> {
  kind: string
  describe(spec: Spec): string
  inspect(spec: Spec, node: Node): Promise<Inspection>
  /** What it will make of a file, for a person to look at beforehand. Only looks. */
  preview?(spec: Spec, node: Node): Promise<Preview>
  capture(spec: Spec, node: Node, backUp: BackUp): Promise<Before>
  /**
   * An `apply` was cut off and is made again: take away what it may have left beside the thing itself. What `revert`
   * needs from now on.
   */
  recapture?(spec: Spec, before: Before, node: Node): Promise<Before>
  /** `done` when it has itself seen what `inspect` would look at. */
  apply(spec: Spec, node: Node): Promise<unknown>
  revert(spec: Spec, before: Before, node: Node): Promise<void>
  /** What takes effect only when everything else has been put back too. */
  restartAfterRollback?(spec: Spec, before: Before, node: Node): Promise<void>
  /** Was the thing itself there before? An action without this leaves nothing that could be taken back later. */
  ownership?(before: Before): 'created' | 'modified'
  /** What was left behind, as JSON, where the spec does not say it: to see later whether somebody changed it. */
  fingerprint?(spec: Spec, node: Node): Promise<unknown>
}
