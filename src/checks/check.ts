import type { Manifest } from '../bundle/manifest.ts'
import type { Facts } from '../facts/index.ts'

/**
 * When a check runs. `preflight`: before an install changes anything. `checklist`: at the end of one. `doctor`: on
 * demand. `security`, always with another tag: the check concerns access.
 */
export type Tag = 'preflight' | 'checklist' | 'doctor' | 'security'

/** The sections of a report, in their order. src/checks/<group>/index.ts lists the checks of each. */
export type Group =
  | 'node'
  | 'runtime'
  | 'broker'
  | 'edgecore'
  | 'mqtt-path'
  | 'devices'
  | 'security'
  | 'footprint'
  | 'drift'

/** The role of a machine. */
export type Role = Manifest['role']

/**
 * What `doctor --fix` can do: restore what an install made, without losing data. A remedy without a fix is for the user
 * to decide.
 */
export type Fix =
  | { kind: 'start' | 'enable' | 'unmask'; unit: string }
  /** Restart EdgeCore, which then registers the node, and wait until it has. */
  | { kind: 'register' }
  /** Import an image from the archive on the node, or pin it. */
  | { kind: 'reimport-image' | 'repin'; image: string }
  /** Write the edgecore.yaml of the install for a node that has joined, and start EdgeCore. */
  | { kind: 'restore-edgecore-config' }
  /** Delete the join token from edgecore.yaml, and restart EdgeCore; delete the file of `keadm join`. */
  | { kind: 'remove-token'; paths: readonly string[] }
  /** Take files away from users who are neither owner nor in the group. */
  | { kind: 'make-private'; paths: readonly string[] }
  /** Set the keys of edgecore.yaml that edgekit owns, and restart EdgeCore. */
  | { kind: 'patch-event-bus' }
  | { kind: 'daemon-reload' }
  /** Remove the broker's task, container and snapshot, and start the broker. */
  | { kind: 'clean-stale-container' }
  /** Remove the damaged UUID of containerd, which then makes a new one. */
  | { kind: 'renew-containerd-uuid' }
  /** Restore a file edgekit installed. */
  | { kind: 'restore-own-file'; path: string }

/** How to fix it. docs/checks.md explains more under the id of the check. */
interface Remedy {
  text: string
  /** Commands to run as root, unchanged; the one that fixes it first. */
  commands?: readonly string[]
  fix?: Fix
}

/** What a check found. */
export interface Finding {
  /** `skip`: does not apply here. `error`: could not be checked. Neither means that the node is healthy. */
  status: 'pass' | 'warn' | 'fail' | 'skip' | 'error'
  observed: string
  expected?: string
  /** Supporting lines from a journal, a file or the kernel. */
  evidence?: readonly string[]
  remedy?: Remedy
}

/** Where a check makes sense. Elsewhere it is skipped. */
interface Applicability {
  /** Edge nodes by default. */
  roles?: readonly Role[]
  /**
   * The state EdgeCore must be meant for: `prepared` excludes `install --no-edgecore`, `running` also excludes
   * `--stage`. A running EdgeCore is always checked.
   */
  edgecore?: 'prepared' | 'running'
}

/** Install options with which the user accepts what a check objects to. */
interface Overrides {
  /** `--adopt` uses what is there as it is: the check is skipped. */
  adopt?: true
  /** Does replacing these units (`--force=UNIT`) resolve a failure? Then it only warns. */
  force?(units: readonly string[], facts: Facts): boolean
}

/**
 * A pure function over facts: saved facts give the same finding on any machine, so the current time is a fact too. A
 * check prints nothing, changes nothing and refers to other checks only by id.
 */
export interface Check {
  /** What users type and scripts compare: kebab-case, never reused for another meaning. */
  id: string
  /** The healthy state, true when the check passes; at most 8 words. */
  title: string
  tags: readonly Tag[]
  appliesTo?: Applicability
  /** Checks that must pass first; otherwise this one is skipped and names them. */
  needs?: readonly string[]
  overriddenBy?: Overrides
  /**
   * Why an install of the bundle in `facts` makes this check pass. Preflight then skips it and all checks that need it.
   */
  settledByInstall?(facts: Facts): string | undefined
  /** May throw UnknownFact, which becomes `error`. */
  run(facts: Facts): Finding
}

/** A check with its group. */
export interface ListedCheck extends Check {
  group: Group
}

/** A finding with the description of its check. */
export interface CheckResult extends Finding {
  id: string
  title: string
  group: Group
  /** Documentation of the check. */
  docs: string
  /** The check failed, and only warns because of `--ignore` or `--force`. */
  ignored?: true
  /** The failed checks this one depends on. */
  blockedBy?: readonly string[]
  /** How long its facts took to collect; absent when it did not run. */
  tookMs?: number
}
