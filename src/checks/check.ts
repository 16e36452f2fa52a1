import type { Manifest } from '../bundle/manifest.ts'
import type { Facts } from '../facts/index.ts'

/**
 * What a check is for. `preflight`: before an install changes anything. `checklist`: at the end of one. `doctor`: when
 * something is wrong. `security`: who can get at what; such a check has another tag besides.
 */
export type Tag = 'preflight' | 'checklist' | 'doctor' | 'security'

/** The parts of a report, in their order. A check belongs to the one under which index.ts lists it. */
export type Group =
  | 'node'
  | 'runtime'
  | 'broker'
  | 'edgecore'
  | 'mqtt-path'
  | 'security'
  | 'footprint'
  | 'drift'

/** What a machine is for. */
export type Role = Manifest['role']

/**
 * What `doctor --fix` can do by itself, because it only brings back what an install made and costs nobody data. A
 * remedy without one is for a person to decide.
 */
export type Fix =
  | { kind: 'start' | 'enable'; unit: string }
  /** Bring an image back from the archive kept on the node, or pin it again. */
  | { kind: 'reimport-image' | 'repin'; image: string }
  /** Set the keys of edgecore.yaml that edgekit owns, and restart EdgeCore. */
  | { kind: 'patch-event-bus' }
  | { kind: 'daemon-reload' }
  /** Remove what is left of the broker's task, container and snapshot, and start it anew. */
  | { kind: 'clean-stale-container' }
  /** Put a file of edgekit's own back as it was installed. */
  | { kind: 'restore-own-file'; path: string }

/** What to do about it. The page of docs/checks.md that says more follows from the id of the check. */
interface Remedy {
  text: string
  /** Commands to run as they stand, as root. */
  commands?: readonly string[]
  fix?: Fix
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

/**
 * A pure function over facts: saved facts give the same finding anywhere, so the time is a fact too. It prints nothing,
 * changes nothing and knows no other check but by id.
 */
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

/** A check with its place in the list. */
export interface ListedCheck extends Check {
  group: Group
}

/** What a check found, with what the reader needs to know about the check. */
export interface CheckResult extends Finding {
  id: string
  title: string
  group: Group
  /** Where the check is explained. */
  docs: string
  /** The user has asked not to count it: it went wrong, and its status says `warn` instead. */
  ignored?: true
  /** The failed checks that this one was skipped for. */
  blockedBy?: readonly string[]
}
