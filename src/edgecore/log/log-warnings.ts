import type { LogRecord } from './klog.ts'
import { knownLines } from './known/index.ts'
import { type Cause, causeOf, type KnownLine } from './known/known-line.ts'

/** Something that is wrong while EdgeCore runs. */
export interface LogWarning extends Cause {
  /** The last line that proves it. */
  line: string
  /** How often the log has it. */
  times: number
}

/** The kubelet retries a pod after at most 5 minutes: what it has not logged for longer is over. */
const podRetryMs = 600_000

/** Pods that do not start at `end`, each cause once, with its last line. The general is left out where the reason is known. */
export function readPods(records: readonly LogRecord[], end: number): LogWarning[] {
  const recent = records.filter(
    ({ severity, at = end }) => (severity === 'E' || severity === 'W') && end - at < podRetryMs,
  )
  const found = collect(recent, knownLines.podErrors)
  const reasons = found.filter(({ code }) => code !== 'sandbox')
  return reasons.length > 0 ? reasons : found
}

/** Messages that are stuck or lost, images that were removed: each kind once, with its last line. */
export function readWarnings(records: readonly LogRecord[]): LogWarning[] {
  // The topic that EventBus subscribes to for the cloud is logged in the words of a failure, as I.
  const failed = records.filter(
    ({ severity, message }) => severity !== 'S' && !(severity === 'I' && /subscribe/.test(message)),
  )
  return collect(failed, knownLines.warnings)
}

function collect(records: readonly LogRecord[], rows: readonly KnownLine[]): LogWarning[] {
  const found = new Map<string, { row: number; warning: LogWarning }>()
  for (const { message, line } of records) {
    const row = rows.findIndex(({ pattern }) => pattern.test(message))
    const cause = causeOf(rows.slice(row, row + 1), message)
    if (row === -1 || !cause) continue
    const before = found.get(cause.code)
    const times = (before?.warning.times ?? 0) + 1
    // Of two rows with one code, the first has more detail.
    if (before && before.row < row) before.warning.times = times
    else found.set(cause.code, { row, warning: { ...cause, line, times } })
  }
  return [...found.values()].toSorted((one, other) => one.row - other.row).map(({ warning }) => warning)
}
