import { type CloudState, readCloud } from './cloud-log.ts'
import { beforeStop, readPreviousEnd } from './crash-loop.ts'
import { type EventBusState, readEventBus } from './event-bus-log.ts'
import { type Exit, findExit } from './exits.ts'
import { isGap, type LogRecord, parseKlog } from './klog.ts'
import type { Cause } from './known/known-line.ts'
import type { LogLine } from './log-line.ts'
import { type LogWarning, type PodWarning, readPods, readWarnings } from './log-warnings.ts'
import { readRegistration } from './registration-log.ts'
import { isStop, splitStarts } from './starts.ts'

/** The last start of EdgeCore according to its log. Plain data. */
export interface EdgecoreLogState {
  eventBus: EventBusState
  /** Why EventBus is not up. */
  cause?: Cause
  /** Whether the broker inside EdgeCore (mqttMode 0 and 1) came up. */
  internalBroker?: 'up' | 'failed'
  /** Why the last start ended by itself. */
  fatal?: Exit
  /** Why the start before ended by itself, as long as the last one has not come past that point: a crash loop. */
  previousFatal?: Exit
  /** The last start has come past the point where the one before ended by itself. */
  hasRecovered: boolean
  /** The last start was ended by a signal (systemctl stop). */
  stopped: boolean
  cloud: CloudState
  cloudEvidence: string[]
  /** The line with the reason why there is no connection to the cloud. */
  cloudReason?: string
  /** What is wrong with the connection to the cloud, or with the registration of the node there. */
  cloudCause?: Cause & { line: string }
  /** Whether the cloud has registered this node, if the log shows it. */
  registered?: boolean
  /** The version line of the last start. */
  version?: string
  /** When the last start began, ISO 8601, if the log has its beginning and the year. */
  startedAt?: string
  /** How many starts the log has; one that was already running when the log begins does not count. */
  starts: number
  /** How often systemd has started the unit again, by its own count. */
  restartCounter?: number
  /** The lines that prove the state of EventBus. */
  evidence: string[]
  /** What is wrong while EdgeCore runs. */
  warnings: LogWarning[]
  /** Pods that do not start. */
  pods: PodWarning[]
  /** Lines that a pager cut off at their end. */
  cutLines: number
  /** journald or syslog dropped lines (rate limit). */
  hasGaps: boolean
}

/**
 * Reads the last start of EdgeCore in its log: whether EventBus reaches the broker and why not, whether EdgeCore ended and
 * why, how the connection to the cloud is, whether pods start. `now` is for a log that is still written; a saved one ends at
 * its last time stamp, and means the same on every day that it is read.
 */
export function readEdgecoreLog(lines: readonly LogLine[], options: { now?: Date }): EdgecoreLogState {
  const all = parseKlog(lines, options.now ?? new Date())
  const starts = splitStarts(all)
  const last = starts.at(-1)
  const records = last?.records ?? []
  const running = beforeStop(records)
  const stop = records.find(isStop)
  const fatal = findExit(running)
  const lastAt = all.findLast(({ at }) => at !== undefined)?.at ?? 0
  const end = (stop ?? (fatal && lastOf(records)))?.at ?? options.now?.getTime() ?? lastAt
  const { state, cause, internalBroker, evidence } = readEventBus(running, end)
  const before = fatal || stop ? undefined : readPreviousEnd(starts, end)
  const previousFatal = fatal
    ? findExit(beforeStop(starts.at(-2)?.records ?? []))
    : before?.isPast
      ? undefined
      : before?.exit
  const version = records.map(versionOf).find(Boolean)
  const startedAt = last?.fromTheBeginning ? beginning(lines, records, options.now) : undefined
  const restartCounter = all.map(counterOf).findLast(Boolean)
  return {
    eventBus: state,
    ...(cause && { cause }),
    ...(internalBroker && { internalBroker }),
    ...(fatal && { fatal }),
    ...(previousFatal && { previousFatal }),
    hasRecovered: before?.isPast === true,
    stopped: fatal === undefined && (stop !== undefined || isStopping(records)),
    ...cloudOf(running, end),
    ...(version !== undefined && { version }),
    ...(startedAt !== undefined && { startedAt }),
    starts: starts.filter(({ fromTheBeginning }) => fromTheBeginning).length,
    ...(restartCounter !== undefined && { restartCounter }),
    evidence,
    warnings: readWarnings(running, end),
    pods: readPods(running, end),
    cutLines: lines.filter(({ cut }) => cut).length,
    hasGaps: all.some(isGap),
  }
}

function cloudOf(records: readonly LogRecord[], end: number) {
  const cloud = readCloud(records, end)
  const { registered, cause, line = '' } = readRegistration(records, end)
  // A node that is not registered explains a connection that breaks; a cloud that cannot be reached explains the rest.
  const registration =
    cause && (cloud.reason === undefined || cloud.state === 'connected') ? { ...cause, line } : undefined
  const link = cloud.cause && { ...cloud.cause, line: cloud.reason ?? cloud.evidence.at(-1) ?? '' }
  const cloudCause = registration ?? link
  return {
    cloud: cloud.state,
    cloudEvidence: cloud.evidence,
    ...(cloud.reason !== undefined && { cloudReason: cloud.reason }),
    ...(cloudCause && { cloudCause }),
    ...(registered !== undefined && { registered }),
  }
}

const lastOf = (records: readonly LogRecord[]): LogRecord | undefined =>
  records.findLast(({ at }) => at !== undefined)

/** Other writers on the same terminal may have put their words behind it. */
const versionOf = ({ file, message }: LogRecord): string | undefined =>
  file === 'server.go' ? /^Version: (v?\S{1,100})/.exec(message)?.[1] : undefined

const counterOf = ({ severity, message }: LogRecord): number | undefined => {
  const [, count] = severity === 'S' ? (/restart counter is at (\d{1,9})/.exec(message) ?? []) : []
  return count === undefined ? undefined : Number(count)
}

/** systemd stops the unit, and EdgeCore did not get to log it. */
const isStopping = (records: readonly LogRecord[]): boolean =>
  records.some(({ severity, message }) => severity === 'S' && /^Stopping |status=15\/TERM/.test(message))

/** klog's stamps have no year: only the journal, or the current date, has it. */
function beginning(
  lines: readonly LogLine[],
  records: readonly LogRecord[],
  now: Date | undefined,
): string | undefined {
  if (now === undefined && !lines.some(({ time }) => time !== undefined)) return undefined
  const at = records.find(record => record.at !== undefined)?.at
  return at === undefined ? undefined : new Date(at).toISOString()
}
