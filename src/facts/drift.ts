import type { Collector } from './collector.ts'

/** A file of edgekit that differs from what the last install left. */
export interface ChangedFile {
  path: string
  /** What edgekit installed: with `edgecore-config`, only the keys that it set. */
  kind: 'file' | 'link' | 'edgecore-config'
  gone: boolean
  /** A program without permission to execute. */
  notExecutable?: true
  /** In words, such as `is gone` or `has been changed`. */
  how: string
}

/** A run that is in the journal. */
export interface Interrupted {
  command: string
  /** When its last attempt began, in ISO 8601. */
  since: string
  /** The process that is still at it. */
  runningAs?: number
}

/** How the node differs from what edgekit installed. */
export interface DriftFacts {
  /** A run that neither finished nor was rolled back. */
  interrupted: Interrupted | null
  changed: ChangedFile[]
  /** The version before the last upgrade, to which the node can return; absent on a node that was not upgraded. */
  previous?: {
    kubeedgeVersion: string
    /** When the upgrade was finished, in ISO 8601. */
    at: string
    /** Paths of what the upgrade kept that is gone or damaged. */
    damage: string[]
  }
  /** The record of the install that cannot be read, and why. Nothing has then been compared. */
  unreadable?: { path: string; reason: string }
}

/** Returns undefined when edgekit has installed nothing here. Passed in by callers that can read the receipt. */
export type DriftCollector = Collector<DriftFacts | undefined>
