import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { logLines } from '../../../../src/edgecore/log/prefixed-lines.ts'
import { readEdgecoreLog } from '../../../../src/edgecore/log/read-log.ts'

const directory = new URL('../../../fixtures/edgecore-logs/', import.meta.url)
const now = new Date(2026, 10, 20, 18, 50)
const textOf = (name: string) => readFileSync(new URL(`${name}.log`, directory), 'utf8')
const read = (text: string, at = now) => readEdgecoreLog(logLines(text), { now: at })

test('nothing is known from nothing', () => {
  expect(readEdgecoreLog([], { now })).toEqual({
    eventBus: 'unknown',
    hasRecovered: false,
    stopped: false,
    cloud: 'unknown',
    cloudEvidence: [],
    starts: 0,
    evidence: [],
    warnings: [],
    pods: [],
    cutLines: 0,
    hasGaps: false,
  })
})

/** name: EventBus, its cause, why EdgeCore died, the cloud, starts */
const expected: Record<string, [string, string | undefined, string | undefined, string, number]> = {
  'broker-down-then-up-then-restart': ['up', undefined, undefined, 'disabled', 1],
  busnull: ['unknown', undefined, 'null-section', 'unknown', 1],
  caMissing: ['failing', 'event-bus-tls-files', 'event-bus-tls-files', 'disabled', 1],
  'certs-ok-nocloud': ['disabled', undefined, undefined, 'reconnecting', 1],
  'csi-offline-exit': ['unknown', undefined, 'never-joined', 'unknown', 0],
  'imagegc-ctr1.6.20': ['unknown', undefined, undefined, 'unknown', 0],
  mode0: ['internal-only', undefined, undefined, 'disabled', 1],
  mode0clash: ['failing', 'internal-broker', 'internal-broker', 'disabled', 1],
  mode1: ['up', undefined, undefined, 'disabled', 1],
  mode3: ['unknown', undefined, 'mqtt-mode-range', 'unknown', 1],
  modestr: ['unknown', undefined, 'config-type', 'unknown', 1],
  'nocert-notoken': ['disabled', undefined, 'cloud-refused', 'reconnecting', 1],
  nocontainerd: ['connecting', undefined, 'container-runtime', 'disabled', 1],
  nopw: ['failing', 'not-authorized', undefined, 'disabled', 1],
  nosan: ['failing', 'tls-no-san', undefined, 'disabled', 1],
  schememqtt: ['failing', 'unknown-scheme', undefined, 'disabled', 1],
  silent: ['hung', 'no-answer', undefined, 'disabled', 1],
  sslNoTLSenable: ['failing', 'closed-before-answer', undefined, 'disabled', 1],
  tcpToTLSport: ['failing', 'closed-before-answer', undefined, 'disabled', 1],
  tcpwithTLS: ['up', undefined, undefined, 'disabled', 1],
  tlsmissing: ['failing', 'event-bus-tls-files', 'event-bus-tls-files', 'disabled', 1],
  tlsnull: ['starting', undefined, 'event-bus-tls-null', 'disabled', 1],
  tlsok: ['up', undefined, undefined, 'disabled', 1],
  unknown: ['failing', 'connection-refused', undefined, 'disabled', 1],
}

describe('readEdgecoreLog on what EdgeCore really logged', () => {
  test('every fixture is in the table', () => {
    const names = readdirSync(directory).filter(
      name => name.endsWith('.log') && !name.endsWith('.mosquitto.log'),
    )
    expect(names.map(name => name.slice(0, -'.log'.length)).toSorted()).toEqual(
      Object.keys(expected).toSorted(),
    )
  })

  test.each(Object.entries(expected))('%s', (name, [eventBus, cause, fatal, cloud, starts]) => {
    const state = read(textOf(name))
    expect([state.eventBus, state.cause?.code, state.fatal?.code, state.cloud, state.starts]).toEqual([
      eventBus,
      cause,
      fatal,
      cloud,
      starts,
    ])
    expect(state.stopped).toBe(fatal === undefined && starts > 0)
    for (const line of [...state.evidence, ...state.cloudEvidence]) expect(textOf(name)).toContain(line)
    if (state.fatal) expect(textOf(name)).toContain(state.fatal.line)
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  })

  test('a broker log is not a log of the EdgeCore service', () => {
    expect(read(textOf('broker-down-then-up-then-restart.mosquitto'))).toMatchObject({
      eventBus: 'unknown',
      starts: 0,
    })
  })

  test('images that were removed are a warning', () => {
    expect(read(textOf('imagegc-ctr1.6.20')).warnings).toEqual([
      expect.objectContaining({ code: 'image-removed', times: 3 }),
    ])
  })

  test('all the mistakes of the configuration are in the fatal line', () => {
    expect(read(textOf('mode3')).fatal?.line).toContain('Mode: Invalid value: 3: Mode need in [0,2] range')
  })

  test('a broker that comes, goes and comes again, as time passes', () => {
    const lines = textOf('broker-down-then-up-then-restart').split('\n')
    const at = (seconds: number) => {
      const end = new Date(2026, 10, 20, 18, 16, seconds)
      const stamp = `${String(end.getHours())}:16:${String(seconds).padStart(2, '0')}.`
      const seen = lines.filter(line => line.slice(6, 15) <= stamp)
      return read(seen.join('\n'), end)
    }
    expect([4, 10, 15, 20, 26, 31].map(seconds => [at(seconds).eventBus, at(seconds).cause?.code])).toEqual([
      ['failing', 'connection-refused'],
      ['failing', 'connection-refused'],
      ['up', undefined],
      ['failing', 'connection-refused'],
      ['failing', 'connection-refused'],
      ['up', undefined],
    ])
    const lost = lines.findIndex(line => line.includes('onSubConnectionLost'))
    expect(read(lines.slice(0, lost + 2).join('\n'), new Date(2026, 10, 20, 18, 16, 20))).toMatchObject({
      eventBus: 'connecting',
      cause: { code: 'connection-lost', text: expect.stringContaining('EOF') },
    })
  })

  test('a silent port is only an open attempt at first', () => {
    const text = textOf('silent')
      .split('\n')
      .filter(line => line < 'I1120 18:43')
      .join('\n')
    expect(read(text, new Date(2026, 10, 20, 18, 42, 40)).eventBus).toBe('connecting')
    expect(read(text, new Date(2026, 10, 20, 18, 42, 43)).eventBus).toBe('hung')
  })

  test('logs one after the other are starts one after the other; the last one counts', () => {
    const state = read(['nopw', 'busnull', 'mode3', 'nocontainerd', 'mode1'].map(textOf).join(''))
    expect(state).toMatchObject({ eventBus: 'up', starts: 5 })
    expect(state.fatal).toBeUndefined()
    expect(read(['mode1', 'modestr'].map(textOf).join(''))).toMatchObject({
      eventBus: 'unknown',
      starts: 2,
      fatal: { code: 'config-type' },
    })
  })
})
