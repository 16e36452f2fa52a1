import type { LogLine } from './log-line.ts'
import { logLines } from './prefixed-lines.ts'
import { ofEdgecore } from './writers.ts'

/** The fields of one journal entry that matter here. */
type Entry = Record<string, unknown>

/**
 * The lines of a saved log: bare klog text (stderr, or a file of `--log_file`), syslog, or what `journalctl`
 * prints with any `--output` (short in all its kinds, with-unit, cat, verbose, json in all its kinds, export; systemd 247 to
 * 257). Only EdgeCore's own lines and those about it stay.
 */
export function readSavedLog(bytes: Uint8Array): LogLine[] {
  const text = decode(bytes)
  // `data: ` before each with json-sse, a record separator with json-seq.
  const bare = text.replaceAll('\u001e', '').replace(/^data: /gm, '')
  if (/^\s*\{\s*("|$)/m.test(firstLine(bare))) return ofEdgecore(jsonEntries(bare).flatMap(lineOf))
  if (/^__CURSOR=/.test(text)) return ofEdgecore(exportEntries(Buffer.from(bytes)).flatMap(lineOf))
  if (/^\S{1,12} .* \[s=[0-9a-f]+;/.test(firstLine(text)))
    return ofEdgecore(verboseEntries(text).flatMap(lineOf))
  return ofEdgecore(logLines(unescaped(text)))
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#39': "'",
  gt: '>',
  lt: '<',
  amp: '&',
}

/** A log that was copied out of a web page's source. */
const unescaped = (text: string): string =>
  /&(?:quot|#34|gt);/.test(text)
    ? text.replace(/&(quot|#34|#39|gt|lt|amp);/g, (_, name: string) => entities[name] ?? '')
    : text

/** UTF-8, or the UTF-16 that a Windows terminal saves; without the byte order mark. */
function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? ''

function lineOf(entry: Entry): LogLine[] {
  // `log` is Docker's. An array of bytes when it is not valid UTF-8.
  const message = entry['MESSAGE'] ?? entry['log']
  const text = Array.isArray(message) ? Buffer.from(message as number[]).toString() : message
  if (typeof text !== 'string') return []
  const [time, pid] = [Number(entry['__REALTIME_TIMESTAMP']) / 1000, Number(entry['_PID'])]
  const writer = entry['SYSLOG_IDENTIFIER'] ?? entry['_COMM']
  return text.split('\n').flatMap(line =>
    logLines(line).map(parsed => ({
      ...parsed,
      ...(Number.isFinite(time) && { time }),
      ...(Number.isFinite(pid) && { pid }),
      ...(typeof writer === 'string' && { writer }),
    })),
  )
}

/** One object per line, or with json-pretty one over several lines that ends with `}` in the first column. */
function jsonEntries(text: string): Entry[] {
  const parts = /^\s*\{\s*$/m.test(firstLine(text)) ? text.split(/(?<=^\})\s*$/m) : text.split('\n')
  return parts.flatMap(part => {
    try {
      return part.trim() === '' ? [] : [JSON.parse(part) as Entry]
    } catch {
      // The last one may be cut off.
      return []
    }
  })
}

/**
 * systemd's Journal Export Format: `NAME=value` per line, an empty line between entries; a value that is not plain text
 * is NAME, a line end, its size in 8 bytes (little-endian), the data, a line end.
 */
function exportEntries(bytes: Buffer): Entry[] {
  const entries: Entry[] = [{}]
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(10, at)
    const end = found === -1 ? bytes.length : found
    const line = bytes.toString('utf8', at, end)
    const entry = entries.at(-1) as Entry
    const equals = line.indexOf('=')
    at = end + 1
    if (line === '') entries.push({})
    else if (equals !== -1) entry[line.slice(0, equals)] = line.slice(equals + 1)
    else {
      if (at + 8 > bytes.length) break
      const size = Number(bytes.readBigUInt64LE(at))
      entry[line] = bytes.toString('utf8', at + 8, at + 8 + size)
      at += 8 + size + 1
    }
  }
  return entries
}

/** A head with the time and the cursor, then `    NAME=value`; the further lines of a value are indented deeper. */
function verboseEntries(text: string): Entry[] {
  const entries: Entry[] = []
  let last = ''
  for (const line of text.split('\n')) {
    const entry = entries.at(-1)
    const [, name, value] = /^ {4}(\w+)=(.*)$/.exec(line) ?? []
    if (/^\S/.test(line)) entries.push({ __REALTIME_TIMESTAMP: verboseTime(line) })
    else if (entry && name !== undefined) {
      last = name
      entry[name] = value
    } else if (entry && line.trim() !== '') entry[last] = `${String(entry[last])}\n${line.trimStart()}`
  }
  return entries
}

/** Microseconds since 1970 of `Sat 2026-11-21 10:12:08.123456 UTC [s=…]`; a zone without a number is this machine's. */
function verboseTime(head: string): number {
  const [, day, time, zone] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (\S+)/.exec(head) ?? []
  return Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : ''}`) * 1000
}
