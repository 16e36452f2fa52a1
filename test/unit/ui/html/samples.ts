import type { BenchReport } from '../../../../src/broker-bench/run/report.ts'
import type { BrokerTestReport } from '../../../../src/broker-test/run/report.ts'
import type { Report } from '../../../../src/doctor/report-schema.ts'

/** What a broker or a log can contain. */
export const hostile = `</pre></style><script>alert(1)</script>" onload="x' & \u001b[31m\u202e\0`

const latency = { p50: 0.2, p90: 0.5, p99: 12, p999: 900, max: 1000 }

/** `text` wherever a text comes from a stranger. */
export const benchReport = (text: string): BenchReport => ({
  schemaVersion: 1,
  edgekit: text,
  at: '2026-01-01T00:00:00.000Z',
  run: 'ekabc123',
  broker: {
    address: text,
    version: text,
    mqtt: '5',
    usage: { program: text, cpu: 0.5, memoryBytes: 9_000_000 },
  },
  environment: { os: text, node: text, processors: 2 },
  load: { publishers: 10, subscribers: 1, shared: false, qos: 0, size: 100, rate: 1000, durationMs: 200 },
  connect: { connections: 11, durationMs: 55, ms: latency },
  messages: {
    sent: 200,
    unsent: 1,
    refused: 1,
    expected: 200,
    received: 198,
    lost: 2,
    duplicated: 0,
    reordered: 0,
  },
  disconnected: 1,
  sentPerSecond: 1000,
  receivedPerSecond: 990,
  latencyMs: latency,
  generator: { isLimit: true, reasons: [text], lagP99Ms: 6, eventLoopDelayP99Ms: 0, cpu: 0.2 },
  timeline: [
    { ms: 0, messages: 100, p50Ms: 0.2, p99Ms: 12, maxMs: 20 },
    { ms: 100, messages: 98, p50Ms: 0.2, p99Ms: 900, maxMs: 1000 },
  ],
  distribution: [
    { upToMs: 0.2, messages: 190 },
    { upToMs: 12, messages: 6 },
    { upToMs: 1000, messages: 2 },
  ],
  search: {
    targetP99Ms: 20,
    maxRate: 1000,
    tries: [{ rate: 1000, p99Ms: 12, lost: 2, held: false, generatorWasLimit: true }],
  },
  exitCode: 0,
})

export const testReport = (text: string): BrokerTestReport => ({
  schemaVersion: 1,
  edgekit: text,
  at: '2026-01-01T00:00:00.000Z',
  run: 'ekabc123',
  broker: {
    address: text,
    version: text,
    versions: ['3.1.1', '5'],
    maximumQos: 2,
    retain: true,
    sharedSubscriptions: true,
    receiveMaximum: 20,
    topicAliasMaximum: 10,
    subscriptionDelayMs: 0,
  },
  environment: { os: text, node: text },
  durationMs: 1000,
  summary: { pass: 0, fail: 1, warn: 0, skip: 0, inconclusive: 0 },
  exitCode: 3,
  tests: [
    {
      id: 'will-qos-0',
      title: text,
      group: 'will',
      version: '5',
      status: 'fail',
      observed: text,
      clauses: ['MQTT-3.1.2-8'],
      note: text,
      ms: 12,
      evidence: [{ ms: 1, connection: 1, what: 'received', text, hex: '3000' }],
    },
  ],
  leftovers: [text],
})

export const doctorReport = (text: string): Report => ({
  schemaVersion: 1,
  edgekit: text,
  node: { hostName: text, os: text, arch: 'amd64' },
  kubeedgeVersion: text,
  at: '2026-01-01T00:00:00.000Z',
  exitCode: 3,
  causes: ['broker-listening'],
  checks: [
    {
      id: 'broker-listening',
      title: text,
      group: 'broker',
      docs: text,
      status: 'fail',
      observed: text,
      expected: text,
      evidence: [text],
      remedy: { text, commands: [text] },
    },
  ],
  summary: { pass: 0, warn: 0, fail: 1, skip: 0, error: 0 },
})
