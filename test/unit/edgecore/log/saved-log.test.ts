import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { explainLog } from '../../../../src/edgecore/log/explain-log.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'
import { readSavedLog } from '../../../../src/edgecore/log/saved-log.ts'
import { type JournalLine, journalctlFormats, journalOf } from './journal-formats.ts'

const directory = new URL('../../../fixtures/edgecore-logs/', import.meta.url)
const fixtures = readdirSync(directory).filter(
  name => name.endsWith('.log') && !name.endsWith('.mosquitto.log'),
)
const textOf = (name: string): string => readFileSync(new URL(name, directory), 'utf8')
const explain = (bytes: Uint8Array) => explainLog(readEdgecoreLog(readSavedLog(bytes), {}))

const printed = (text: string, format: (line: JournalLine) => string | Buffer): Buffer =>
  Buffer.concat(journalOf(text).flatMap(line => [Buffer.from(format(line)), Buffer.from('\n')]))

describe.each(Object.entries(journalctlFormats))('journalctl --output %s', (_, format) => {
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
])('%s has no meaning', (_, text) => {
  expect(explain(Buffer.from(text, 'latin1'))).toMatchObject({ state: 'unknown', starts: 0 })
})

/** file: state, code of the cause, words of the line that proves it */
const expected: Record<string, [string, string | undefined, string | undefined]> = {
  'broker-down-then-up-then-restart': ['up', undefined, 'finish hub-client'],
  busnull: ['exits', 'null-section', 'panic: '],
  caMissing: ['exits', 'event-bus-tls-files', 'panic: '],
  'certs-ok-nocloud': ['disabled', 'cloud-refused', 'connection refused'],
  'csi-offline-exit': ['exits', 'never-joined', 'Failed to initialize CSINode after retrying'],
  'imagegc-ctr1.6.20': ['unknown', 'image-removed', 'Removing image to free bytes'],
  mode0: ['internal-only', undefined, 'Launch internal mqtt broker'],
  mode0clash: ['exits', 'internal-broker', 'Launch internal mqtt broker failed'],
  mode1: ['up', undefined, 'finish hub-client'],
  mode3: ['exits', 'mqtt-mode-range', 'Mode need in [0,2] range'],
  modestr: ['exits', 'config-type', 'cannot unmarshal'],
  'nocert-notoken': ['exits', 'cloud-refused', 'failed to apply the edge certs'],
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
