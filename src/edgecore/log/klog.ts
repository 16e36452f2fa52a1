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
/**
 * What journalctl puts before a message: short, short-precise, short-iso(-precise), short-full, with-unit, short-unix,
 * short-monotonic. Only some of them tell the whole time.
 */
const stamps = [
  String.raw`\w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?`,
  String.raw`(?<iso>\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d))`,
  String.raw`\w{3} (?<day>\d{4}-\d\d-\d\d) (?<clock>\d\d:\d\d:\d\d(?:\.\d+)?) (?<zone>\S+)`,
  String.raw`(?<unix>\d{9,11}\.\d+)`,
  String.raw`\[ *\d+\.\d+\]`,
]
const journalPrefix = new RegExp(
  String.raw`^(?:${stamps.join('|')}) \S+ [\w.@-]+\[(?<pid>\d+)\]: (?<rest>.*)$`,
)
/** A stack is long and says the same after a few frames. */
const longestRecord = 40

/** Bare klog text, or what `journalctl -u edgecore` prints (`-o cat`, or one of the short kinds), as lines. */
export function logLines(text: string): LogLine[] {
  return text
    .split(/\r?\n/)
    .filter(line => line !== '')
    .map(line => {
      const { rest, pid, ...stamp } = journalPrefix.exec(line)?.groups ?? {}
      if (rest === undefined) return { text: line }
      const time = timeOf(stamp)
      return { text: rest, pid: Number(pid), ...(time === undefined ? {} : { time }) }
    })
}

/** Milliseconds since 1970; a zone that has no number is taken for this machine's. */
function timeOf(stamp: Record<string, string | undefined>): number | undefined {
  const { iso, day, clock, zone, unix } = stamp
  if (unix !== undefined) return Math.floor(Number(unix) * 1000)
  const written =
    iso?.replace(',', '.').replace(/(\d\d)(\d\d)$/, '$1:$2') ??
    (day && `${day}T${clock}${zone === 'UTC' ? 'Z' : ''}`)
  const time = written === undefined ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? undefined : time
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
