import { paths } from '../../node/paths.ts'

/** A line that the broker, or what starts it, logs when it cannot start, or not with all of its configuration. */
export interface KnownProblem {
  code: string
  /** Matches the line without its time. Anchored, so that no client can cause it with its name. */
  pattern: RegExp
  /** The cause in the words of a user. `$1` is a group of the pattern; a path is shown as it is on the node. */
  text: string
  remedy: string
  /** The first one fixes it or shows what to change. No groups: log lines do not belong in commands. */
  commands: readonly string[]
  /** The broker runs anyway, without what the line is about. */
  brokerRuns?: true
}

/** The command of many remedies: correct a line. */
export const editConfig = `\${EDITOR:-vi} ${paths.brokerConfig}`
