/** One line of EdgeCore's log: from the journal with its time and process, or bare. Plain data. */
export interface LogLine {
  text: string
  /** When it was written, milliseconds since 1970, if the journal knows it. */
  time?: number
  /** The process that wrote it, when the journal knows it. */
  pid?: number
}

/** One record of the log; a record of several lines (a list of mistakes, a panic with its stack) is one. */
export interface LogRecord {
  /** klog's letter, or `P` for a Go panic or runtime error, which comes without a header. */
  severity: 'I' | 'W' | 'E' | 'F' | 'P'
  /** Milliseconds since 1970, when known. */
  at?: number
  pid?: number
  /** The Go file that logged it; empty for a panic. */
  file: string
  /** The message without header, lines joined with line ends. */
  message: string
  /** The first line as it was logged. */
  line: string
}

const header = /^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})\s+(\d+) ([\w.-]+):\d+\] ?(.*)$/
const crash = /^(panic: |fatal error: )/
/** What systemd itself says about the unit, and journalctl's markers between boots. */
const notEdgecore = /^(\S+\.service: |Start(ed|ing) |Stopp(ed|ing) |-- )/
const journalPrefix =
  /^(?:\w{3} [ \d]\d \d\d:\d\d:\d\d|(\d{4}-\d\d-\d\dT[\d:.,]+[+-]\d\d:?\d\d)) \S+ [\w.-]+\[(\d+)\]: (.*)$/
/** A stack is long and says the same after a few frames. */
const longestRecord = 40

/** Bare klog text, or what `journalctl -u edgecore` prints (`-o cat`, `short` or `short-iso`), as lines. */
export function logLines(text: string): LogLine[] {
  return text
    .split(/\r?\n/)
    .filter(line => line !== '')
    .map(line => {
      const [, time, pid, rest] = journalPrefix.exec(line) ?? []
      if (rest === undefined) return { text: line }
      return {
        text: rest,
        pid: Number(pid),
        ...(time === undefined
          ? {}
          : { time: Date.parse(time.replace(',', '.').replace(/(\d\d)(\d\d)$/, '$1:$2')) }),
      }
    })
}

/**
 * Put lines together to records. klog's stamp has neither year nor zone: the journal's time is used when there is
 * one, else the stamp is read in this process's zone and in the latest year that is not after `now`.
 */
export function parseKlog(lines: readonly LogLine[], now: Date): LogRecord[] {
  const records: LogRecord[] = []
  let length = 0
  for (const line of lines) {
    const klog = header.exec(line.text)
    if (klog) {
      const at = line.time ?? stampTime(klog, now)
      const [severity, pid, file, message] = [
        klog[1] as LogRecord['severity'],
        Number(klog[8]),
        klog[9] ?? '',
        klog[10] ?? '',
      ]
      records.push({ severity, at, pid: line.pid ?? pid, file, message, line: line.text })
      length = 1
    } else if (line.pid === 1 || notEdgecore.test(line.text)) {
      length = longestRecord
    } else if (crash.test(line.text)) {
      const known = {
        ...(line.time === undefined ? {} : { at: line.time }),
        ...(line.pid === undefined ? {} : { pid: line.pid }),
      }
      records.push({ severity: 'P', ...known, file: '', message: line.text, line: line.text })
      length = 1
    } else {
      const last = records.at(-1)
      if (last && length < longestRecord) last.message += `\n${line.text}`
      length += 1
    }
  }
  return records
}

function stampTime(klog: RegExpExecArray, now: Date): number {
  const [month, day, hour, minute, second, micro] = klog.slice(2, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const inYear = (year: number) =>
    new Date(year, month - 1, day, hour, minute, second, Math.floor(micro / 1000)).getTime()
  const aDay = 86_400_000
  const thisYear = inYear(now.getFullYear())
  return thisYear > now.getTime() + aDay ? inYear(now.getFullYear() - 1) : thisYear
}
