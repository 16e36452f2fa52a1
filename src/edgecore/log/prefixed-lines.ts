import { stripVTControlCharacters } from 'node:util'
import { completeCutLine, isCut } from './cut-lines.ts'
import type { LogLine } from './log-line.ts'

/** Longer lines add nothing, and every pattern runs over every line. */
const longestLine = 8192

/** Where a klog record begins. */
const klogHeader = /[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s{1,8}\d{1,10} [\w./-]{1,100}:\d{1,6}\]/

/**
 * What journalctl or syslog puts before a message: short, short-precise, short-iso(-precise), short-full, with-unit,
 * short-unix, short-monotonic, rsyslog's. Only some have the full time; months are those of any locale (`3月 15`,
 * `févr. 04`). RFC 3164 leaves the process id out.
 */
const stamps = [
  String.raw`(?<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)`,
  String.raw`\S{1,12} (?<day>\d{4}-\d\d-\d\d) (?<clock>\d\d:\d\d:\d\d(?:\.\d{1,9})?) (?<zone>\S{1,12})`,
  String.raw`(?<unix>\d{9,11}\.\d{1,9})`,
  String.raw`\[ {0,12}\d{1,12}\.\d{1,9}\]`,
  String.raw`\S{1,16}(?:\s{1,2}\S{1,12}){0,2}\s{1,2}\d\d:\d\d:\d\d(?:\.\d{1,9})?`,
]
const prefix = new RegExp(
  String.raw`^(?:${stamps.join('|')}) \S{1,255} (?<writer>[^\s[\]:]{1,80})(?:\[(?<pid>\d{1,10})\])?: ?(?<rest>.*)$`,
)
/** Marks of a quote (mail, Markdown), a syslog priority. */
const quote = /^(?:[ \t]{0,8}[>|](?:[ \t]|(?=[>|])|$)){1,8}/
const priority = /^<\d{1,3}>(?:1 )?/

/** A log as text: bare klog text, or what `journalctl -u edgecore` or syslog prints (`-o cat`, or one of the short kinds). */
export function logLines(text: string): LogLine[] {
  const lines = stripVTControlCharacters(text).split(/\r?\n/)
  const last = lines.length - 1
  return lines.flatMap((line, index) =>
    recordsOf(line.slice(0, longestLine).replace(quote, ''))
      .filter(part => part.trim() !== '')
      .map(part => {
        const parsed = lineOf(part)
        const cut = isCut(parsed.text)
        // The file itself may end in the middle of a line.
        if (!cut && index !== last) return parsed
        const likely = completeCutLine(parsed.text)
        return { ...parsed, ...(cut && { cut }), ...(likely !== parsed.text && { likely }) }
      }),
  )
}

/** Forms on the web join the lines of a log with blanks: one line is cut where records begin. */
function recordsOf(line: string): string[] {
  const first = klogHeader.exec(line)
  if (!first || !klogHeader.test(line.slice(first.index + 1))) return [line]
  return line.split(/(?<=\s)(?=[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s)/)
}

function lineOf(line: string): LogLine {
  const bare = line.trimStart().replace(priority, '')
  // A klog stamp and process id look like the stamp and host of syslog.
  const found = klogHeader.exec(bare)?.index === 0 ? undefined : prefix.exec(bare)?.groups
  const { rest, pid, writer, ...stamp } = found ?? {}
  const time = timeOf(stamp)
  const message = rest ?? line
  // syslog repeats a message as `message repeated 3 times: [ … ]`; containers put a stamp of their own before it.
  const header = klogHeader.exec(message)
  const from = header?.index ?? 0
  return {
    text: from === 0 ? message : message.slice(from).replace(/ ?\]$/, ''),
    ...(time !== undefined && { time }),
    ...(pid !== undefined && { pid: Number(pid) }),
    ...(writer !== undefined && { writer }),
  }
}

/** Milliseconds since 1970; a zone without a number is taken for this machine's. */
function timeOf(stamp: Record<string, string | undefined>): number | undefined {
  const { iso, day, clock, zone, unix } = stamp
  if (unix !== undefined) return Math.floor(Number(unix) * 1000)
  const written =
    iso
      ?.replace(' ', 'T')
      .replace(',', '.')
      .replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ??
    (day && `${day}T${clock}${zone === 'UTC' ? 'Z' : ''}`)
  const time = written === undefined ? Number.NaN : Date.parse(written)
  return Number.isNaN(time) ? undefined : time
}
