import type { Manifest } from '../bundle/manifest.ts'
import type { Facts } from '../facts/index.ts'

/** When a check is run: before an install may change anything, after it, and when something is wrong. */
export type Tag = 'preflight' | 'checklist' | 'doctor'

/** What a machine is for. */
export type Role = Manifest['role']

interface Remedy {
  text: string
  /** Commands to run as they stand, as root. */
  commands?: readonly string[]
}

/** What a check saw. */
export interface Finding {
  /**
   * `fail`: it looked, and it is wrong. `skip`: does not apply here. `error`: it could not look. A skip or an error is
   * never good news.
   */
  status: 'pass' | 'warn' | 'fail' | 'skip' | 'error'
  observed: string
  expected?: string
  /** Lines that prove it: from a journal, a file, a table of the kernel. */
  evidence?: readonly string[]
  remedy?: Remedy
}

/** A pure function over facts. It prints nothing, changes nothing and knows no other check but by id. */
export interface Check {
  /** What a user types and a script compares: kebab-case, never reused for another meaning. */
  id: string
  /** A sentence that is true when the check passes. */
  title: string
  tags: readonly Tag[]
  /** The machines it applies to; edge nodes when it does not say. Elsewhere it is skipped. */
  roles?: readonly Role[]
  /** Checks that must have passed before this one makes sense; otherwise it is skipped and names them. */
  needs?: readonly string[]
  /** May throw UnknownFact, which becomes `error`. */
  run(facts: Facts): Finding
}

/** What a check found, with what the reader needs to know about the check. */
export interface CheckResult extends Finding {
  id: string
  title: string
  /** The failed checks that this one was skipped for. */
  blockedBy?: readonly string[]
}
