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
 * What `doctor --fix` does by itself: it only restores what an install made, and loses no data. A remedy without a fix
 * needs a decision of the user.
 */
export type Fix =
  | { kind: 'start' | 'enable'; unit: string }
  /** Restore an image from the archive on the node, or pin it again. */
  | { kind: 'reimport-image' | 'repin'; image: string }
  /** Set the keys of edgecore.yaml that edgekit owns, and restart EdgeCore. */
  | { kind: 'patch-event-bus' }
  | { kind: 'daemon-reload' }
  /** Remove the leftover task, container and snapshot of the broker, and restart it. */
  | { kind: 'clean-stale-container' }
  /** Restore one of edgekit's own files as installed. */
  | { kind: 'restore-own-file'; path: string }

/** What to do about it. docs/checks.md has an entry for each check id. */
interface Remedy {
  text: string
  /** Commands to run as root, exactly as written. */
  commands?: readonly string[]
  fix?: Fix
}

/** The result of a check. */
export interface Finding {
  /**
   * `fail`: checked, and wrong. `skip`: does not apply here. `error`: could not be checked. A skip or an error never
   * counts as a pass.
   */
  status: 'pass' | 'warn' | 'fail' | 'skip' | 'error'
  observed: string
  expected?: string
  /** Lines that prove it: from a journal, a file or a kernel table. */
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

/** A check with its place in the list. */
export interface ListedCheck extends Check {
  group: Group
}

/** A finding with the data of its check. */
export interface CheckResult extends Finding {
  id: string
  title: string
  group: Group
  /** Where the check is explained. */
  docs: string
  /** It failed, and only warns because of `--ignore`. */
  ignored?: true
  /** The failed checks that this one depends on. */
  blockedBy?: readonly string[]
}
