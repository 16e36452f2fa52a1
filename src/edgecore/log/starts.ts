import { isGap, type LogRecord } from './klog.ts'

/** What one process of EdgeCore logged, and systemd about it. */
export interface Start {
  records: LogRecord[]
  /** False when the log begins in the middle of this process's life. */
  fromTheBeginning: boolean
}

const isVersion = ({ file, message }: LogRecord): boolean =>
  file === 'server.go' && message.startsWith('Version: ')
export const isStop = ({ message }: LogRecord): boolean => message.startsWith('Get os signal ')
const isOpening = ({ severity, message }: LogRecord): boolean =>
  severity === 'S' && /^(?:Started |-- (?:Reboot|Boot) )/.test(message)
const isNews = ({ message }: LogRecord): boolean => !message.startsWith('-- ')

/**
 * Split a log per process of EdgeCore. A process is known by its id; where ids repeat (containers) or are missing (a panic
 * has none in its text), by the version line that opens it, by a crash after the process before had ended, or by systemd,
 * which may log that it started a process after the process has begun to log. A process that dies of its configuration
 * never gets to print its version, and one that cannot be executed prints nothing.
 */
export function splitStarts(records: readonly LogRecord[]): Start[] {
  const starts: Start[] = []
  let current:
    | { start: Start; pid?: number; version: boolean; stopped: boolean; crashed: boolean }
    | undefined
  let opening: LogRecord[] | undefined
  const begin = (first: readonly LogRecord[], fromTheBeginning: boolean) => {
    const start = { records: [...first], fromTheBeginning }
    starts.push(start)
    return { start, version: false, stopped: false, crashed: false }
  }

  for (const record of records) {
    if (isOpening(record)) {
      // Twice without a word of EdgeCore in between: the first one ended in silence.
      if (opening?.some(isNews)) current = begin(opening, opening.some(isOpening))
      opening = [record]
      continue
    }
    if (record.severity === 'S') {
      if (opening) opening.push(record)
      else if (current) current.start.records.push(record)
      else if (!isGap(record)) opening = [record]
      continue
    }
    if (opening && !opening.some(isOpening)) {
      current = begin(opening, false)
      opening = undefined
    }
    const { pid } = record
    const otherProcess = pid !== undefined && current?.pid !== undefined && pid !== current.pid
    const sameProcess = pid !== undefined && pid === current?.pid
    const secondVersion = isVersion(record) && current?.version === true
    const afterTheEnd = record.severity === 'P' && pid === undefined && current?.stopped === true
    const afterDeath = current?.pid === undefined && current?.crashed === true && record.severity !== 'P'
    if (!current || otherProcess || secondVersion || afterTheEnd || afterDeath || (opening && !sameProcess)) {
      const opens = isVersion(record) || /[FP]/.test(record.severity)
      current = begin(opening ?? [], current !== undefined || opening !== undefined || opens)
    } else if (opening) current.start.records.push(...opening)
    opening = undefined
    current.start.records.push(record)
    if (pid !== undefined) current.pid ??= pid
    current.version ||= isVersion(record)
    current.stopped ||= isStop(record)
    current.crashed ||= record.severity === 'P'
    // A warning about the configuration may come before the version.
    if (isVersion(record)) current.start.fromTheBeginning = true
  }
  if (opening?.some(isNews)) begin(opening, opening.some(isOpening))
  return starts
}
