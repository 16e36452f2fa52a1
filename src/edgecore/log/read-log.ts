import type { Cause } from './causes.ts'
import { type CloudState, readCloud } from './cloud-log.ts'
import { type EventBusState, readEventBus } from './event-bus-log.ts'
import { type Fatal, findFatal } from './fatal-errors.ts'
import { type LogLine, type LogRecord, parseKlog } from './klog.ts'
import { type LogWarning, readWarnings } from './log-warnings.ts'
import { splitStarts } from './starts.ts'

export { type LogLine, logLines } from './klog.ts'

/** What the log says about the last start of EdgeCore. Plain data. */
export interface EdgecoreLogState {
  eventBus: EventBusState
  /** Why EventBus is not up. */
  cause?: Cause
  /** Whether the broker inside EdgeCore (mqttMode 0 and 1) came up. */
  internalBroker?: 'up' | 'failed'
  /** Why the last start ended by itself. */
  fatal?: Fatal
  /** Why the start before that ended by itself: with several starts, EdgeCore dies again and again. */
  previousFatal?: Fatal
  /** The last start was ended by a signal (systemctl stop). */
  stopped: boolean
  cloud: CloudState
  cloudEvidence: string[]
  /** The line that says why there is no connection to the cloud. */
  cloudReason?: string
  /** What the version line of the last start says. */
  version?: string
  /** When the last start began, ISO 8601, if the log has its beginning. */
  startedAt?: string
  /** How many starts the log has; one that was already running when the log begins does not count. */
  starts: number
  /** The lines that prove the state of EventBus. */
  evidence: string[]
  /** What is wrong while EdgeCore goes on. */
  warnings: LogWarning[]
}

/**
 * What EdgeCore's log says about its last start: whether EventBus reaches the broker and why not, whether EdgeCore
 * died, how the cloud connection stands. `now` decides how long an unanswered connect has waited, and the year.
 */
export function readEdgecoreLog(lines: readonly LogLine[], options: { now: Date }): EdgecoreLogState {
  const starts = splitStarts(parseKlog(lines, options.now))
  if (isSilent(lines)) starts.push({ records: [], fromTheBeginning: true })
  const last = starts.at(-1)
  const records = last?.records ?? []
  const fatal = findFatal(records)
  const previousFatal = findFatal(starts.at(-2)?.records ?? [])
  const stop = records.find(({ message }) => message.startsWith('Get os signal '))
  const end = (stop ?? (fatal && records.findLast(({ at }) => at !== undefined)))?.at ?? options.now.getTime()
  const { state, cause, internalBroker, evidence } = readEventBus(untilStop(records, stop), end)
  const cloud = readCloud(records)
  const version = records.find(({ file, message }) => file === 'server.go' && message.startsWith('Version: '))
  const began = last?.fromTheBeginning ? records.find(({ at }) => at !== undefined)?.at : undefined
  return {
    eventBus: state,
    ...(cause ? { cause } : {}),
    ...(internalBroker ? { internalBroker } : {}),
    ...(fatal ? { fatal } : {}),
    ...(previousFatal ? { previousFatal } : {}),
    stopped: stop !== undefined && fatal === undefined,
    cloud: cloud.state,
    cloudEvidence: cloud.evidence,
    ...(cloud.reason === undefined ? {} : { cloudReason: cloud.reason }),
    ...(version ? { version: version.message.slice('Version: '.length) } : {}),
    ...(began === undefined ? {} : { startedAt: new Date(began).toISOString() }),
    starts: starts.filter(({ fromTheBeginning }) => fromTheBeginning).length,
    evidence,
    warnings: readWarnings(records),
  }
}

/** systemd has started a process that has said nothing yet: what the one before it said is no news of it. */
function isSilent(lines: readonly LogLine[]): boolean {
  const begun = lines.findLastIndex(({ pid, text }) => pid === 1 && text.startsWith('Started '))
  return begun >= 0 && lines.slice(begun).every(({ pid }) => pid === 1)
}

/** While EdgeCore stops, its parts go one by one; what they say then is no state. */
function untilStop(records: readonly LogRecord[], stop: LogRecord | undefined): readonly LogRecord[] {
  return stop ? records.slice(0, records.indexOf(stop)) : records
}
