import type { CloudState } from './cloud-log.ts'
import type { EventBusState } from './event-bus-log.ts'
import { isCertificateCode } from './exits.ts'
import { textWithPods } from './log-warnings.ts'
import type { EdgecoreLogState } from './read-log.ts'

/** One thing that is wrong. */
export interface LogFinding {
  /** What it is about; the order in which to repair. */
  area: 'edgecore' | 'broker' | 'cloud' | 'pods'
  /** Stable name of the cause. */
  code: string
  cause: string
  /** The line of the log that proves it. */
  line: string
  remedy: string
  commands: string[]
  /** How often the log has it, of what is counted. */
  times?: number
}

/** A summary of a log of EdgeCore. */
export interface LogExplanation {
  schemaVersion: 1
  /**
   * `exits`: EdgeCore ended by itself. `crash-loop`: it runs, and has not come past the point where it ended before. Else the
   * state of its EventBus, at the end of the log or when EdgeCore was stopped.
   */
  state: 'exits' | 'crash-loop' | EventBusState
  /** EdgeCore was stopped by a signal. */
  stopped: boolean
  /** What is wrong, the worst first: EdgeCore itself, the broker, the cloud, pods. Empty: nothing that the log shows. */
  findings: LogFinding[]
  /** The first of the findings by itself. */
  code?: string
  cause?: string
  remedy?: string
  /** The line that proves the first finding, or the state where nothing is wrong. */
  line?: string
  cloud: CloudState
  /** Whether the cloud has registered this node, if the log shows it. */
  registered?: boolean
  version?: string
  startedAt?: string
  starts: number
  restartCounter?: number
  /** What keeps the log from being read in full. */
  notes: string[]
}

/** Summarize a log. */
export function explainLog(log: EdgecoreLogState): LogExplanation {
  const { stopped, cloud, registered, version, startedAt, starts, restartCounter, evidence } = log
  const findings = findingsOf(log)
  const [first] = findings
  const line = first?.line ?? evidence.at(-1) ?? log.cloudEvidence.at(-1)
  return {
    schemaVersion: 1,
    state: log.fatal ? 'exits' : log.previousFatal ? 'crash-loop' : log.eventBus,
    stopped,
    findings,
    ...(first && { code: first.code, cause: first.cause, remedy: first.remedy }),
    ...(line !== undefined && { line }),
    cloud,
    ...(registered !== undefined && { registered }),
    ...(version !== undefined && { version }),
    ...(startedAt !== undefined && { startedAt }),
    starts,
    ...(restartCounter !== undefined && { restartCounter }),
    notes: notesOf(log),
  }
}

/** What warnings are about, if not the broker. */
const areas: Readonly<Record<string, LogFinding['area']>> = {
  'tunnel-failed': 'cloud',
  'cloud-messages-dropped': 'cloud',
  'twin-module-crashed': 'cloud',
  'image-removed': 'pods',
  eviction: 'pods',
}
const order: readonly LogFinding['area'][] = ['edgecore', 'broker', 'cloud', 'pods']

function findingsOf(log: EdgecoreLogState): LogFinding[] {
  const finding = (
    area: LogFinding['area'],
    {
      code,
      text,
      remedy,
      commands = [],
      line,
      times,
    }: { code: string; text: string; remedy: string; commands?: string[]; line: string; times?: number },
  ): LogFinding => ({
    area,
    code,
    cause: text,
    line,
    remedy,
    commands,
    ...(times !== undefined && { times }),
  })
  const exit = log.fatal ?? log.previousFatal
  // Without a connection to the cloud there is no tunnel either.
  const warnings = log.warnings.filter(({ code }) => code !== 'tunnel-failed' || !log.cloudCause)
  const all = [
    ...(exit ? [finding('edgecore', exit)] : []),
    ...(log.cause ? [finding('broker', { ...log.cause, line: log.evidence.at(-1) ?? '' })] : []),
    // Without its certificates EdgeCore has no connection to judge.
    ...(log.cloudCause && !(exit && isCertificateCode(exit.code)) ? [finding('cloud', log.cloudCause)] : []),
    ...warnings.map(warning => finding(areas[warning.code] ?? 'broker', warning)),
    ...log.pods.map(warning => finding('pods', { ...warning, text: textWithPods(warning) })),
  ]
  // What ends EdgeCore may be what EventBus reports, too.
  return all
    .filter(({ code }, index) => all.findIndex(other => other.code === code) === index)
    .toSorted((one, other) => order.indexOf(one.area) - order.indexOf(other.area))
}

function notesOf({ cutLines, hasGaps }: EdgecoreLogState): string[] {
  return [
    ...(cutLines > 0
      ? [
          `${cutLines} lines are cut off at their end, so what is read from them is likely, not certain. To save whole ones: journalctl -u edgecore --no-pager --output=short-iso >edgecore.log`,
        ]
      : []),
    ...(hasGaps
      ? [
          'The journal dropped lines (rate limit), so things that are not in the log may have happened anyway.',
        ]
      : []),
  ]
}
