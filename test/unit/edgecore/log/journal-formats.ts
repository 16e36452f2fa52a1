/** One line of a journal. */
export interface JournalLine {
  /** Local time. */
  time: Date
  writer: string
  pid: number
  message: string
}

const saved =
  /^\S+ +\d+ (?<clock>\d\d:\d\d:\d\d) \S+ (?<writer>[\w.-]+)(?:\[(?<pid>\d+)\])?: ?(?<message>.*)$/
const klog = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3})\d{3}\s+(\d+)/

/** The lines of a saved log with what journald knows of each: a line that is not klog has the time of the one before. */
export function journalOf(text: string): JournalLine[] {
  let time = new Date(2026, 10, 20, 18, 0)
  let writtenBy = 4711
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const { writer = 'edgecore', pid, clock, message = line } = saved.exec(line)?.groups ?? {}
      const [, month, day, hour, minute, second, ms, id] = klog.exec(message)?.map(Number) ?? []
      if (month !== undefined) time = new Date(2026, month - 1, day, hour, minute, second, ms)
      else if (clock !== undefined && clock > clockOf(time)) time = new Date(`${dayOf(time)}T${clock}`)
      if (id !== undefined) writtenBy = id
      return { time, writer, pid: writer === 'systemd' ? 1 : Number(pid ?? writtenBy), message }
    })
}

const two = (value: number): string => String(value).padStart(2, '0')
const clockOf = (time: Date): string =>
  [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
const dayOf = (time: Date): string =>
  `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
const microOf = (time: Date): string => `${String(time.getMilliseconds()).padStart(3, '0')}000`
const zoneOf = (time: Date): string => {
  const minutes = -time.getTimezoneOffset()
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`
}
const rest = ({ writer, pid, message }: JournalLine): string => `edge-1 ${writer}[${pid}]: ${message}`
const fieldsOf = ({ time, writer, pid, message }: JournalLine) => ({
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: String(time.getTime() * 1000),
  _PID: String(pid),
  SYSLOG_IDENTIFIER: writer,
  MESSAGE: message,
})
const isoOf = (time: Date): string => `${dayOf(time)}T${clockOf(time)}`

/** One line as journalctl prints it with `--output NAME`. */
export const journalctlFormats: Record<string, (line: JournalLine) => string | Buffer> = {
  cat: ({ message }) => message,
  short: line => `Nov ${line.time.getDate()} ${clockOf(line.time)} ${rest(line)}`,
  'short-precise': line =>
    `Nov ${line.time.getDate()} ${clockOf(line.time)}.${microOf(line.time)} ${rest(line)}`,
  'short-iso': line => `${isoOf(line.time)}${zoneOf(line.time)} ${rest(line)}`,
  'short-iso-precise': line => `${isoOf(line.time)}.${microOf(line.time)}${zoneOf(line.time)} ${rest(line)}`,
  'short-full': line => `Fri ${dayOf(line.time)} ${clockOf(line.time)} CET ${rest(line)}`,
  'with-unit': line =>
    `Fri ${dayOf(line.time)} ${clockOf(line.time)} CET ${rest({ ...line, writer: line.writer === 'edgecore' ? 'edgecore.service' : line.writer })}`,
  'short-unix': line => `${(line.time.getTime() / 1000).toFixed(6)} ${rest(line)}`,
  'short-monotonic': line => `[ 1234.567890] ${rest(line)}`,
  json: line => JSON.stringify(fieldsOf(line)),
  'json with bytes': line => JSON.stringify({ ...fieldsOf(line), MESSAGE: [...Buffer.from(line.message)] }),
  'json-pretty': line => JSON.stringify(fieldsOf(line), null, 8),
  'json-sse': line => `data: ${JSON.stringify(fieldsOf(line))}\n`,
  'json-seq': line => `\u001e${JSON.stringify(fieldsOf(line))}`,
  export: line =>
    Object.entries(fieldsOf(line))
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  'export with bytes': line => {
    const { MESSAGE, ...others } = fieldsOf(line)
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(Buffer.byteLength(MESSAGE)))
    const head = Object.entries(others).map(([name, value]) => `${name}=${value}\n`)
    return Buffer.concat([Buffer.from(`${head.join('')}MESSAGE\n`), size, Buffer.from(`${MESSAGE}\n`)])
  },
  verbose: line =>
    [
      `Fri ${dayOf(line.time)} ${clockOf(line.time)}.${microOf(line.time)} CET [s=0a1b;i=2;b=3;m=4;t=5;x=6]`,
      ...Object.entries(fieldsOf(line)).map(([name, value]) => `    ${name}=${value}`),
    ].join('\n'),
}

/** Abbreviated months as glibc has them. */
const months: Record<string, readonly string[]> = {
  zh_CN: Array.from({ length: 12 }, (_, month) => `${month + 1}月`),
  ko_KR: Array.from({ length: 12 }, (_, month) => `${month + 1}월`),
  fr_FR: ['janv.', 'févr.', 'mars', 'avril', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'],
  de_DE: ['Jan', 'Feb', 'Mär', 'Apr', 'Mai', 'Jun', 'Jul', 'Aug', 'Sep', 'Okt', 'Nov', 'Dez'],
  ru_RU: ['янв', 'фев', 'мар', 'апр', 'мая', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'],
  pl_PL: ['sty', 'lut', 'mar', 'kwi', 'maj', 'cze', 'lip', 'sie', 'wrz', 'paź', 'lis', 'gru'],
}
const otherWriters = [
  'kernel: [   12.345678] docker0: port 1(veth1) entered blocking state',
  'dockerd[77]: time="2026-11-20T18:00:00Z" level=error msg="Handler for GET /v1 returned error: no such image"',
  'kubelet[88]: F1120 18:00:00.000000      88 server.go:74] "Failed to run kubelet" err="x"',
  'mosquitto[99]: 1795190000: Client hub-client-sub-1 closed its connection.',
  'systemd[1]: Started Session 12 of User root.',
  'systemd[1]: mosquitto.service: Main process exited, code=exited, status=13/n/a',
]

/** The same lines as users save and post them, each as a whole text. */
export const otherFormats: Record<string, (lines: readonly JournalLine[]) => string> = {
  ...Object.fromEntries(
    Object.entries(months).map(([locale, names]) => [
      `months of ${locale}`,
      (lines: readonly JournalLine[]) =>
        joined(
          lines,
          line =>
            `${names[line.time.getMonth()]} ${two(line.time.getDate())} ${clockOf(line.time)} ${rest(line)}`,
        ),
    ]),
  ),
  'syslog without process ids': lines =>
    joined(
      lines,
      ({ time, writer, message }) =>
        `Mar ${two(time.getDate())} ${clockOf(time)} edge-1 ${writer}: ${message}`,
    ),
  'rsyslog with RFC 3339 stamps': lines =>
    joined(lines, line => `${isoOf(line.time)}.${microOf(line.time)}+00:00 ${rest(line)}`),
  'quoted in a mail': lines => joined(lines, line => `> > Mar 15 ${clockOf(line.time)} ${rest(line)}`),
  'bare and quoted': lines => joined(lines, ({ message }) => `> ${message}`),
  'CRLF line ends': lines =>
    joined(lines, line => `Mar 15 ${clockOf(line.time)} ${rest(line)}`).replaceAll('\n', '\r\n'),
  'terminal colors': lines =>
    joined(lines, line => `\u001b[0;1;39mMar 15 ${clockOf(line.time)} ${rest(line)}\u001b[0m`),
  "with other programs' lines between": lines =>
    joined(lines, (line, index) =>
      [
        `Mar 15 ${clockOf(line.time)} edge-1 ${otherWriters[index % otherWriters.length]}`,
        `Mar 15 ${clockOf(line.time)} ${rest(line)}`,
      ].join('\n'),
    ),
  'with a rate limit of journald': lines => {
    const whole = lines.map(line => `Mar 15 ${clockOf(line.time)} ${rest(line)}`)
    return [
      ...whole.slice(0, 1),
      'Mar 15 00:00:00 edge-1 systemd-journald[1]: Suppressed 1432 messages from edgecore.service',
      ...whole.slice(1),
      '',
    ].join('\n')
  },
  'UTF-8 with a byte order mark': lines =>
    `\ufeff${joined(lines, line => `Mar 15 ${clockOf(line.time)} ${rest(line)}`)}`,
}

function joined(lines: readonly JournalLine[], format: (line: JournalLine, index: number) => string): string {
  return lines.map((line, index) => `${format(line, index)}\n`).join('')
}
