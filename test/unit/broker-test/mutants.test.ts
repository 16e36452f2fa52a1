import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { brokerTests } from '../../../src/broker-test/groups/index.ts'
import { selectTests } from '../../../src/broker-test/run/select.ts'
import { testBroker } from '../../../src/broker-test/run/test-broker.ts'
import type { Group } from '../../../src/broker-test/test.ts'
import type { Packet } from '../../../src/mqtt/decode.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import type { Version } from '../../../src/mqtt/packet.ts'
import { localNode } from '../../../src/node/node.ts'
import { startAedes } from './aedes.ts'
import { type Mutant, type Mutation, startMutant } from './mutating-proxy.ts'

/** Groups in which aedes has no fault of its own, so that every failure is the mutant's. */
const groups: readonly Group[] = ['publish', 'retained', 'wildcards', 'system-topics']

let broker: Awaited<ReturnType<typeof startAedes>>
let state: string
beforeAll(async () => {
  broker = await startAedes()
  state = await mkdtemp(join(tmpdir(), 'edgekit-mutants-'))
})
beforeEach(() => void vi.stubEnv('XDG_STATE_HOME', state))
afterAll(async () => {
  await broker.stop()
  await rm(state, { recursive: true })
})

/** The ids of the tests that fail on a broker with this fault. */
async function failuresOf(mutant: Mutant): Promise<string[]> {
  const { port, stop } = await startMutant(broker.port, mutant)
  onTestFinished(stop)
  const { tests } = await testBroker({
    target: { host: '127.0.0.1', port },
    tests: selectTests(brokerTests, groups),
    timeLimitMs: 60_000,
    nodeName: undefined,
    edgekitVersion: '0.0.0-test',
    files: localNode().files,
    signal: new AbortController().signal,
    onResult: () => undefined,
  })
  return [...new Set(tests.filter(({ status }) => status === 'fail').map(({ id }) => id))]
}

/** Changes each PUBLISH; other packets pass. */
const messages =
  (change: (packet: Packet) => Partial<encode.Publish> | 'drop'): Mutation =>
  (packet, version: Version) => {
    if (packet.type !== 'publish') return [packet.bytes]
    const { topic = '', payload = Buffer.alloc(0), qos, retain, dup, id, properties } = packet
    const changed = change(packet)
    if (changed === 'drop') return []
    return [encode.publish(version, { topic, payload, qos, retain, dup, id, properties, ...changed })]
  }

const twice: Mutation = packet =>
  packet.type === 'publish' && !packet.topic?.includes('/fence/') && !packet.topic?.endsWith('/path')
    ? [packet.bytes, packet.bytes]
    : [packet.bytes]

/** A fault, the test that must find it, and the others that may. */
const mutants: [fault: string, mutant: Mutant, killer: string, related: RegExp][] = [
  [
    'a retained message without RETAIN',
    { toClient: messages(() => ({ retain: false })) },
    'retained-qos-0',
    /^retained-/,
  ],
  [
    'RETAIN in every message',
    { toClient: messages(() => ({ retain: true })) },
    'retained-live',
    /^retained-/,
  ],
  [
    'forgets retained messages',
    { toBroker: messages(() => ({ retain: false })) },
    'retained-qos-0',
    /^retained-|-retained$/,
  ],
  [
    'keeps a retained message that was removed',
    { toBroker: messages(({ payload, retain }) => (retain && payload?.length === 0 ? 'drop' : {})) },
    'retained-removed',
    /^retained-(?:removed|empty-delivered)$/,
  ],
  [
    'stores every message',
    { toBroker: messages(({ payload }) => ({ retain: (payload?.length ?? 0) > 0 })) },
    'retained-not-stored',
    /^retained-/,
  ],
  ['delivers every message twice', { toClient: twice }, 'wildcard-plus-middle', /./],
  ['DUP in every message', { toClient: messages(() => ({ dup: true })) }, 'frame-dup-qos0', /^frame-dup-/],
  [
    'lowers topics to small letters',
    { toClient: messages(({ topic = '' }) => ({ topic: topic.toLowerCase() })) },
    'publish-topic-unicode',
    /^publish-|^frame-topic-match$/,
  ],
  [
    'strips U+FEFF',
    { toClient: messages(({ topic = '' }) => ({ topic: topic.replaceAll('\ufeff', '') })) },
    'publish-topic-bom',
    /^publish-topic-bom$|^frame-topic-match$/,
  ],
  [
    'composes characters',
    { toClient: messages(({ topic = '' }) => ({ topic: topic.normalize('NFC') })) },
    'publish-topic-decomposed',
    /^publish-topic-decomposed$|^frame-topic-match$/,
  ],
  [
    'collapses empty levels',
    { toBroker: messages(({ topic = '' }) => ({ topic: topic.replaceAll(/\/+/g, '/') })) },
    'publish-topic-slash-double',
    /^publish-topic-|^wildcard-/,
  ],
  [
    'decodes payloads as text',
    { toClient: messages(({ payload }) => ({ payload: payload?.toString() ?? '' })) },
    'publish-payload-invalid-utf8',
    /^publish-payload-/,
  ],
  [
    'drops empty payloads',
    {
      toClient: messages(({ payload, topic = '' }) =>
        payload?.length === 0 && topic.endsWith('/payload') ? 'drop' : {},
      ),
    },
    'publish-payload-empty',
    /^publish-payload-empty$/,
  ],
  [
    'a wildcard in a topic name',
    {
      toClient: messages(({ topic = '' }) => ({
        topic: topic.endsWith('/round-trip') ? `${topic}/#` : topic,
      })),
    },
    'frame-topic',
    /^frame-topic|^publish-round-trip$/,
  ],
  [
    'flags in PINGRESP',
    { toClient: packet => [packet.type === 'pingresp' ? encode.frame(13, 1, []) : packet.bytes] },
    'frame-flags',
    /^frame-flags$/,
  ],
  [
    'a code of its own in SUBACK',
    {
      toClient: (packet, version) => [
        packet.type === 'suback'
          ? encode.subscriptionAck(version, 'suback', { id: packet.id ?? 0, reasons: [3] })
          : packet.bytes,
      ],
    },
    'frame-reason',
    /^frame-reason$/,
  ],
]

test('the proxy alone causes no failure', async () => {
  expect(await failuresOf({})).toEqual([])
})

test.each(mutants)('a broker is caught that %s', async (_, mutant, killer, related) => {
  const failed = await failuresOf(mutant)
  expect(failed).toContain(killer)
  expect(failed.filter(id => id !== killer && !related.test(id))).toEqual([])
})
