import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { readLogFile } from '../../../../src/edgecore/log/journal-text.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'

const directory = new URL('../../../fixtures/edgecore-logs/', import.meta.url)
const now = new Date(2026, 10, 20, 18, 50)
const fixtures = readdirSync(directory).filter(
  name => name.endsWith('.log') && !name.endsWith('.mosquitto.log'),
)
const textOf = (name: string): string => readFileSync(new URL(name, directory), 'utf8')
const explain = (bytes: Uint8Array) => explainLog(readEdgecoreLog(readLogFile(bytes), { now }))

/** What EdgeCore logged, as journald has it: each line with its time; a panic has that of the line before. */
function entries(text: string): { time: Date; pid: number; message: string }[] {
  let time = new Date(2026, 10, 20, 18, 0)
  let pid = 4711
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(message => {
      const [, month, day, hour, minute, second, micro, id] =
        /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})\s+(\d+)/.exec(message)?.map(Number) ?? []
      if (micro !== undefined) {
        time = new Date(2026, (month ?? 1) - 1, day, hour, minute, second, Math.floor(micro / 1000))
        pid = id ?? pid
      }
      return { time, pid, message }
    })
}
type Entry = ReturnType<typeof entries>[number]

const two = (value: number): string => String(value).padStart(2, '0')
const clock = (time: Date): string =>
  `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
const day = (time: Date): string => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
const zone = (time: Date): string => {
  const minutes = -time.getTimezoneOffset()
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`
}
const micro = (time: Date): string => `${String(time.getMilliseconds()).padStart(3, '0')}000`
const behind = ({ pid, message }: Entry, name = 'edgecore'): string => `edge-1 ${name}[${pid}]: ${message}`
const fields = ({ time, pid, message }: Entry) => ({
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: String(time.getTime() * 1000),
  _PID: String(pid),
  MESSAGE: message,
})

/** One entry as journalctl prints it with `--output NAME`. */
const formats: Record<string, (entry: Entry) => string | Buffer> = {
  cat: ({ message }) => message,
  short: entry => `Nov ${entry.time.getDate()} ${clock(entry.time)} ${behind(entry)}`,
  'short-precise': entry =>
    `Nov ${entry.time.getDate()} ${clock(entry.time)}.${micro(entry.time)} ${behind(entry)}`,
  'short-iso': entry => `${day(entry.time)}T${clock(entry.time)}${zone(entry.time)} ${behind(entry)}`,
  'short-iso-precise': entry =>
    `${day(entry.time)}T${clock(entry.time)}.${micro(entry.time)}${zone(entry.time)} ${behind(entry)}`,
  'short-full': entry => `Fri ${day(entry.time)} ${clock(entry.time)} CET ${behind(entry)}`,
  'with-unit': entry =>
    `Fri ${day(entry.time)} ${clock(entry.time)} CET ${behind(entry, 'edgecore.service')}`,
  'short-unix': entry => `${(entry.time.getTime() / 1000).toFixed(6)} ${behind(entry)}`,
  'short-monotonic': entry => `[ 1234.567890] ${behind(entry)}`,
  json: entry => JSON.stringify(fields(entry)),
  'json with bytes': entry => JSON.stringify({ ...fields(entry), MESSAGE: [...Buffer.from(entry.message)] }),
  'json-pretty': entry => JSON.stringify(fields(entry), null, 8),
  'json-sse': entry => `data: ${JSON.stringify(fields(entry))}\n`,
  'json-seq': entry => `\u001e${JSON.stringify(fields(entry))}`,
  export: entry =>
    `${Object.entries(fields(entry))
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')}`,
  'export with bytes': entry => {
    const { MESSAGE, ...others } = fields(entry)
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(Buffer.byteLength(MESSAGE)))
    const head = Object.entries(others).map(([name, value]) => `${name}=${value}\n`)
    return Buffer.concat([Buffer.from(`${head.join('')}MESSAGE\n`), size, Buffer.from(`${MESSAGE}\n`)])
  },
  verbose: entry =>
    [
      `Fri ${day(entry.time)} ${clock(entry.time)}.${micro(entry.time)} CET [s=0a1b;i=2;b=3;m=4;t=5;x=6]`,
      ...Object.entries(fields(entry)).map(([name, value]) => `    ${name}=${value}`),
    ].join('\n'),
}

const printed = (text: string, format: (entry: Entry) => string | Buffer): Buffer =>
  Buffer.concat(entries(text).flatMap(entry => [Buffer.from(format(entry)), Buffer.from('\n')]))

describe.each(Object.entries(formats))('journalctl --output %s', (_, format) => {
  test.each(fixtures)('%s means the same as the log itself', name => {
    const found = explain(printed(textOf(name), format))
    // Some formats know the second only.
    expect(found).toEqual({ ...explain(Buffer.from(textOf(name))), startedAt: found.startedAt })
  })
})

test.each([
  ['nothing', ''],
  ['a line end', '\n'],
  ['half an object', '{"MESSAGE":"x'],
  ['half an entry', '__CURSOR=s\nMESSAGE\n\u0001'],
  [
    'an entry that says it is longer than the file',
    '__CURSOR=s\nMESSAGE\n\u00ff\u0001\u0000\u0000\u0000\u0000\u0000\u0000x',
  ],
  ['bytes that are no text', '\u0000\u0001\u0002'],
])('%s says nothing', (_, text) => {
  expect(explain(Buffer.from(text, 'latin1'))).toMatchObject({ state: 'unknown', starts: 0 })
})

/** file: state, code of the cause, words of the line that proves it */
const expected: Record<string, [string, string | undefined, string | undefined]> = {
  'broker-down-then-up-then-restart': ['up', undefined, 'finish hub-client'],
  busnull: ['exits', 'null-section', 'panic: '],
  caMissing: ['exits', 'event-bus-tls-files', 'panic: '],
  'certs-ok-nocloud': ['disabled', undefined, 'Module eventbus is disabled'],
  'csi-offline-exit': ['exits', 'never-joined', 'Failed to initialize CSINode after retrying'],
  'imagegc-ctr1.6.20': ['unknown', undefined, undefined],
  mode0: ['internal-only', undefined, 'Launch internal mqtt broker'],
  mode0clash: ['exits', 'internal-broker', 'Launch internal mqtt broker failed'],
  mode1: ['up', undefined, 'finish hub-client'],
  mode3: ['exits', 'mqtt-mode-range', 'Mode need in [0,2] range'],
  modestr: ['exits', 'config-type', 'cannot unmarshal'],
  'nocert-notoken': ['exits', 'no-certificates', 'failed to apply the edge certs'],
  nocontainerd: ['exits', 'container-runtime', 'validate service connection'],
  nopw: ['failing', 'not-authorized', 'Not Authorized'],
  nosan: ['failing', 'tls-no-san', 'legacy Common Name'],
  schememqtt: ['failing', 'unknown-scheme', 'Unknown protocol'],
  silent: ['hung', 'no-answer', 'start connect to mqtt server'],
  sslNoTLSenable: ['failing', 'closed-before-answer', 'connect error'],
  tcpToTLSport: ['failing', 'closed-before-answer', 'connect error'],
  tcpwithTLS: ['up', undefined, 'finish hub-client'],
  tlsmissing: ['exits', 'event-bus-tls-files', 'panic: '],
  tlsnull: ['exits', 'event-bus-tls-null', 'panic: '],
  tlsok: ['up', undefined, 'finish hub-client'],
  unknown: ['failing', 'connection-refused', 'connection refused'],
}

test.each(fixtures)('%s is explained: state, cause, the line that proves it, what to do', name => {
  const [state, code, words] = expected[name.slice(0, -'.log'.length)] as (typeof expected)[string]
  const found = explain(Buffer.from(textOf(name)))
  expect([found.state, found.code]).toEqual([state, code])
  if (code !== undefined) expect([found.cause, found.remedy].every(Boolean)).toBe(true)
  if (words === undefined) expect(found.line).toBeUndefined()
  else expect(found.line).toContain(words)
})
