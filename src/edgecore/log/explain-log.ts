import type { CloudState } from './cloud-log.ts'
import type { EventBusState } from './event-bus-log.ts'
import type { LogWarning } from './log-warnings.ts'
import type { EdgecoreLogState } from './read-log.ts'

/** What a log says about EdgeCore, in a few words. */
export interface LogExplanation {
  schemaVersion: 1
  /** `exits`: EdgeCore ended by itself. Otherwise how its EventBus stands, or stood when EdgeCore was stopped. */
  state: 'exits' | EventBusState
  /** Somebody has stopped EdgeCore. */
  stopped: boolean
  /** Stable name of the cause, when there is one. */
  code?: string
  cause?: string
  /** The line of the log that proves it. */
  line?: string
  remedy?: string
  cloud: CloudState
  version?: string
  startedAt?: string
  starts: number
  warnings: LogWarning[]
}

/** Say in a few words what the state machine has made of a log. */
export function explainLog(log: EdgecoreLogState): LogExplanation {
  const { stopped, cloud, version, startedAt, starts, warnings, evidence } = log
  const state = log.fatal ? 'exits' : log.eventBus
  // One that has just started again has said nothing yet; why it ended before is the better answer.
  const fatal = log.fatal ?? (log.cause || state === 'up' ? undefined : log.previousFatal)
  const cause = fatal ?? log.cause
  const line = fatal?.line ?? evidence.at(-1)
  return {
    schemaVersion: 1,
    state,
    stopped,
    ...(cause && { code: cause.code, cause: cause.text, remedy: cause.remedy }),
    ...(line !== undefined && { line }),
    cloud,
    ...(version !== undefined && { version }),
    ...(startedAt !== undefined && { startedAt }),
    starts,
    warnings,
  }
}
