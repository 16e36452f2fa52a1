import { constants } from 'node:os'
import type { LogLine } from './log-line.ts'

/** One record of the log; one of several lines (a list of mistakes, a panic with its stack) is one. */
export interface LogRecord {
  /** klog's letter; `P` a panic, runtime error or other plain text that ends EdgeCore; `S` systemd about the unit. */
  severity: 'I' | 'W' | 'E' | 'F' | 'P' | 'S'
  /** Milliseconds since 1970, when known. */
  at?: number
  pid?: number
  /** The Go file that logged it; empty for P and S. */
  file: string
  /** The first line without its header. */
  message: string
  /** The lines after the first, of a record that ends EdgeCore. */
  more: string[]
  /** The first line as it was logged. */
  line: string
}

const header =
  /^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})\s{1,8}(\d{1,10}) (?:[\w./-]{0,80}\/)?([\w.-]{1,80}):\d{1,6}\] ?(.*)$/
/**
 * Lines outside klog that end EdgeCore: Go's runtime, cobra, the loader of the C library, and the database layer of v1.23
 * (gorm) and of earlier versions (beego).
 */
const plainEnd =
  /^(?:panic: |fatal error: |unexpected fault address |SIG[A-Z]{2,5}: |Error: unknown |\[error\] failed to initialize database|\[ORM\].{0,200}(?:register db|unable to open)|\S{1,200}: .{0,200}version [`']GLIBC)/
/** How `systemctl status` shows the end of a process, before the last lines of its log. */
const shownEnd =
  /^ {0,12}(?:Main PID|Process): \d{1,10} (?:ExecStart=[^(]{1,200})?\(code=(?<code>exited|killed|dumped), (?:status=(?<status>\d{1,3}\/\w{1,30})|signal=(?<signal>\w{1,10}))[)>]/
/** Lines of systemd about the unit, of journalctl between boots, and of journald about dropped lines. */
const aboutUnit =
  /^(?:\S{1,100}\.service: |(?:Started|Starting|Stopped|Stopping) |-- |Suppressed \d|Failed to start )/
const suppressed = /^Suppressed \d+ messages|^imuxsock (?:lost|begins to drop)|^-- (?:Suppressed|Missed)/

/** A stack has nothing new after a few frames. */
const longestRecord = 40
const dayMs = 86_400_000

/** Whether journald or syslog dropped lines here (rate limit). */
export const isGap = ({ severity, message }: LogRecord): boolean =>
  severity === 'S' && suppressed.test(message)

/**
 * Put lines together to records. klog's stamp has neither year nor zone: the journal's time counts when there is one. Else
 * the stamp is read in this process's zone, so that the last one is at most a day after `now` and none is after the last.
 */
export function parseKlog(lines: readonly LogLine[], now: Date): LogRecord[] {
  const readStamp = stampReader(lines, now)
  const records: LogRecord[] = []
  let open: LogRecord | undefined
  let at: number | undefined
  for (const line of lines) {
    const klog = header.exec(line.likely ?? line.text)
    const end = shownEnd.exec(line.text)?.groups
    if (end) records.push(endOf(end, line))
    else if (klog) {
      at = line.time ?? readStamp(klog)
      const severity = klog[1] as LogRecord['severity']
      open = {
        severity,
        at,
        pid: line.pid ?? Number(klog[8]),
        file: klog[9] ?? '',
        message: klog[10] ?? '',
        more: [],
        line: line.text,
      }
      records.push(open)
    } else if (isAboutUnit(line)) {
      open = undefined
      // Without a time it is later than the line before, by an unknown amount.
      records.push(plain('S', line, line.time))
    } else if (plainEnd.test(line.text) && !continues(open, line)) {
      open = plain('P', line, line.time ?? at)
      records.push(open)
    } else if (open && /[FPE]/.test(open.severity) && open.more.length < longestRecord) {
      open.more.push(line.text)
    }
  }
  return records
}

/** The lines of a file with the times of their klog stamps, as `parseKlog` reads them; others have that of the line before. */
export function withTimes(lines: readonly LogLine[], now: Date): LogLine[] {
  const readStamp = stampReader(lines, now)
  let time: number | undefined
  return lines.map(line => {
    const klog = header.exec(line.text)
    if (klog) time = line.time ?? readStamp(klog)
    return { ...line, ...(time !== undefined && { time }) }
  })
}

/** Whether klog wrote this line. */
export const isKlog = ({ text }: LogLine): boolean => header.test(text)

/** A crash prints `panic: ` more than once. */
const continues = (open: LogRecord | undefined, { pid }: LogLine): boolean =>
  open?.severity === 'P' && (pid === undefined || pid === open.pid)

function isAboutUnit({ text, pid, writer }: LogLine): boolean {
  if (pid === 1 || (writer !== undefined && /^(?:\(?systemd|kernel$)/.test(writer))) return true
  return aboutUnit.test(text) && (writer === undefined || /^-- /.test(text) || /\.service: /.test(text))
}

function plain(severity: 'P' | 'S', { text, likely, pid }: LogLine, at: number | undefined): LogRecord {
  const known = { ...(at !== undefined && { at }), ...(pid !== undefined && severity === 'P' && { pid }) }
  return { severity, ...known, file: '', message: likely ?? text, more: [], line: text }
}

/** The end of a process, in the words of the journal. */
function endOf({ code, status, signal = '' }: Record<string, string | undefined>, line: LogLine): LogRecord {
  const number = Object.entries(constants.signals).find(([name]) => name === `SIG${signal}`)?.[1] ?? 0
  const message = `edgecore.service: Main process exited, code=${code}, status=${status ?? `${number}/${signal}`}`
  return { ...plain('S', line, line.time), message }
}

/** Reads the stamp of a klog header as milliseconds since 1970. */
function stampReader(lines: readonly LogLine[], now: Date): (klog: RegExpExecArray) => number {
  const newest = lines.findLast(({ text }) => header.test(text))
  const klog = newest && header.exec(newest.text)
  if (!klog) return () => Number.NaN
  const thisYear = now.getFullYear()
  const year = timeIn(klog, thisYear) > now.getTime() + dayMs ? thisYear - 1 : thisYear
  const last = timeIn(klog, year)
  return stamp => {
    const time = timeIn(stamp, year)
    return time > last + dayMs ? timeIn(stamp, year - 1) : time
  }
}

function timeIn(klog: RegExpExecArray, year: number): number {
  const [month = 1, day, hour, minute, second, micro = 0] = klog.slice(2, 8).map(Number)
  return new Date(year, month - 1, day, hour, minute, second, Math.floor(micro / 1000)).getTime()
}
