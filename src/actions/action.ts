import type { Node } from '../node/node.ts'
import type { Preview } from './files/preview.ts'
import type { Removal } from './removal.ts'

/** Whether a change is still needed. `foreign`: something edgekit does not own is in its place. */
export type Inspection = 'done' | 'needed' | 'foreign'

/** Keeps a copy of a file for `revert` and returns the path of the copy, which only root can read. */
export type BackUp = (path: string) => Promise<string>

/**
 * One kind of change to a node. `Spec` describes one change completely; `Before` is what `revert` needs to restore the
 * previous state. Both are stored as JSON before the change and may be read by another process, so neither contains
 * secrets or file contents.
 *
 * The process can be killed at any moment: `apply` must succeed from a half-done state, and `revert` must restore the
 * previous state from any state, more than once if need be.
 */
export interface Action<Spec, Before = unknown> {
  kind: string
  /** `isThere`: what it makes exists already, if known: a start is then a restart. */
  describe(spec: Spec, isThere?: boolean): string
  /** For the description. Read-only. */
  isThere?(spec: Spec, node: Node): Promise<boolean>
  /** Read-only. */
  inspect(spec: Spec, node: Node): Promise<Inspection>
  /** What the change does to a file, for `--dry-run`. Read-only. */
  preview?(spec: Spec, node: Node): Promise<Preview>
  capture(spec: Spec, node: Node, backUp: BackUp): Promise<Before>
  /**
   * Before an interrupted `apply` is repeated: clean up what the first one left elsewhere. Returns what `revert` needs
   * from now on.
   */
  recapture?(spec: Spec, before: Before, node: Node): Promise<Before>
  /** Returns `done` when it has already verified what `inspect` would. */
  apply(spec: Spec, node: Node): Promise<unknown>
  revert(spec: Spec, before: Before, node: Node): Promise<void>
  /** Runs after every change has been reverted. */
  restartAfterRollback?(spec: Spec, before: Before, node: Node): Promise<void>
  /** Whether the thing itself existed before. Actions without it leave nothing to uninstall. */
  ownership?(before: Before): 'created' | 'modified'
  /** What was left on the node where the spec does not determine it, as JSON. Used later to detect changes. */
  fingerprint?(spec: Spec, node: Node): Promise<unknown>
  /** Take the fingerprint again in every run, also of what it leaves unchanged: other programs write to it. */
  fingerprintAlways?: true
  /** How uninstall removes it. */
  removal?: Removal<Spec, Before>
}
