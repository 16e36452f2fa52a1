import { describe, expect, test } from 'vitest'
import { lintRules } from '../../../src/broker-test/lint/lint-rules.ts'
import { Linter } from '../../../src/broker-test/lint/linter.ts'
import { decode } from '../../../src/mqtt/decode.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import type { Version } from '../../../src/mqtt/packet.ts'
import type { Properties } from '../../../src/mqtt/properties.ts'

const connect = (version: Version, properties: Properties = [], clean = true): Buffer =>
  encode.connect({ version, clientId: 'c', clean, properties })
const connack = encode.connack(5, {})
const subscribe = encode.subscribe(5, 1, [{ filter: 'a/#', qos: 2 }])
const publish = (options: Partial<encode.Publish> = {}): Buffer =>
  encode.publish(5, { topic: 'a/b', ...options })
const qos1 = (id: number): Buffer => publish({ qos: 1, id })
const big: Properties = [['reasonString', 'x'.repeat(50)]]
const small: Properties = [['maximumPacketSize', 40]]

type Step = ['>' | '<', Buffer]
const hello: Step[] = [
  ['>', connect(5)],
  ['<', connack],
  ['>', subscribe],
]
const after = (properties: Properties): Step[] => [
  ['>', connect(5, properties)],
  ['<', connack],
  ['>', subscribe],
]

/** What client (>) and broker (<) send, and the rule that the last frame of the broker breaks. */
const rows: [rule: string, what: string, steps: Step[]][] = [
  ['frame-flags', 'flags', [...hello, ['<', encode.frame(13, 1, [])]]],
  ['frame-length', 'a long Remaining Length', [...hello, ['<', Buffer.from([0xd0, 0x80, 0x00])]]],
  [
    'frame-utf8',
    'a topic that is not UTF-8',
    [...hello, ['<', publish({ topic: Buffer.from([0x61, 0x2f, 0xff]) })]],
  ],
  ['frame-null', 'a null character', [...hello, ['<', publish({ topic: 'a/\0' })]]],
  ['frame-packet-id', 'an identifier in use', [...hello, ['<', qos1(1)], ['<', qos1(1)]]],
  ['frame-packet-id', 'identifier 0', [...hello, ['<', qos1(0)]]],
  ['frame-ack-id', 'PUBACK for nothing', [...hello, ['<', encode.ack('puback', 9)]]],
  [
    'frame-ack-id',
    'SUBACK with another identifier',
    [...hello, ['<', encode.subscriptionAck(5, 'suback', { id: 2, reasons: [0] })]],
  ],
  [
    'frame-properties',
    'a property of CONNECT in PUBLISH',
    [...hello, ['<', publish({ properties: [['receiveMaximum', 1]] })]],
  ],
  [
    'frame-reason',
    'an unknown code',
    [...hello, ['<', encode.subscriptionAck(5, 'suback', { id: 1, reasons: [0x10] })]],
  ],
  ['frame-qos', 'QoS 3', [...hello, ['<', publish({ qos: 3, id: 1 })]]],
  ['frame-dup-qos0', 'DUP with QoS 0', [...hello, ['<', publish({ dup: true })]]],
  ['frame-dup-first', 'DUP in a new session', [...hello, ['<', publish({ qos: 1, id: 1, dup: true })]]],
  ['frame-topic', 'a wildcard', [...hello, ['<', publish({ topic: 'a/+' })]]],
  ['frame-topic-match', 'a topic without subscription', [...hello, ['<', publish({ topic: 'b' })]]],
  [
    'frame-connack-flags',
    'reserved flags',
    [
      ['>', connect(5)],
      ['<', Buffer.from([0x20, 3, 2, 0, 0])],
    ],
  ],
  [
    'frame-session-present',
    'Session Present in a refusal',
    [
      ['>', connect(5)],
      ['<', encode.connack(5, { sessionPresent: true, reason: 0x87 })],
    ],
  ],
  [
    'frame-connack-first',
    'PUBLISH without a CONNACK that accepts the client',
    [
      ['>', connect(5)],
      ['<', publish()],
    ],
  ],
  ['frame-connack-first', 'a second CONNACK', [...hello, ['<', connack]]],
  ['frame-direction', 'SUBSCRIBE from a broker', [...hello, ['<', subscribe]]],
  ['frame-direction', 'AUTH without a method', [...hello, ['<', encode.goodbye('auth', 0x18)]]],
  [
    'frame-direction',
    'a method that was not asked for',
    [
      ['>', connect(5)],
      ['<', encode.connack(5, { properties: [['authMethod', 'x']] })],
    ],
  ],
  [
    'frame-after-disconnect',
    'PUBLISH after DISCONNECT',
    [...hello, ['<', encode.goodbye('disconnect', 0x8b)], ['<', publish()]],
  ],
  [
    'frame-after-disconnect',
    'an expiry in DISCONNECT',
    [...hello, ['<', encode.goodbye('disconnect', 0x8b, [['sessionExpiry', 1]])]],
  ],
  [
    'frame-alias',
    'an alias without a limit',
    [...hello, ['<', publish({ properties: [['topicAlias', 1]] })]],
  ],
  [
    'frame-alias',
    'an alias above the limit',
    [...after([['topicAliasMaximum', 2]]), ['<', publish({ properties: [['topicAlias', 3]] })]],
  ],
  [
    'frame-alias',
    'an unknown alias',
    [...after([['topicAliasMaximum', 2]]), ['<', publish({ topic: '', properties: [['topicAlias', 1]] })]],
  ],
  [
    'frame-receive-maximum',
    'one message too many',
    [...after([['receiveMaximum', 1]]), ['<', qos1(1)], ['<', qos1(2)]],
  ],
  [
    'frame-problem-info',
    'an unwanted Reason String',
    [
      ...after([['requestProblemInfo', 0]]),
      ['>', qos1(5)],
      ['<', encode.ack('puback', 5, 0, [['reasonString', 'x']])],
    ],
  ],
  [
    'frame-response-info',
    'unrequested Response Information',
    [
      ['>', connect(5)],
      ['<', encode.connack(5, { properties: [['responseInfo', 'x']] })],
    ],
  ],
  [
    'frame-publish-after-pubrel',
    'PUBLISH after PUBREL',
    [
      ...hello,
      ['<', publish({ qos: 2, id: 1 })],
      ['>', encode.ack('pubrec', 1)],
      ['<', encode.ack('pubrel', 1)],
      ['<', publish({ qos: 2, id: 1, dup: true })],
    ],
  ],
  [
    'frame-size-connack',
    'a large CONNACK',
    [
      ['>', connect(5, small)],
      ['<', encode.connack(5, { properties: big })],
    ],
  ],
  ['frame-size-publish', 'a large PUBLISH', [...after(small), ['<', publish({ payload: 'x'.repeat(40) })]]],
  [
    'frame-size-puback',
    'a large PUBACK',
    [...after(small), ['>', qos1(5)], ['<', encode.ack('puback', 5, 0, big)]],
  ],
  [
    'frame-size-pubrec',
    'a large PUBREC',
    [...after(small), ['>', publish({ qos: 2, id: 5 })], ['<', encode.ack('pubrec', 5, 0, big)]],
  ],
  [
    'frame-size-pubrel',
    'a large PUBREL',
    [
      ...after(small),
      ['<', publish({ qos: 2, id: 5 })],
      ['>', encode.ack('pubrec', 5)],
      ['<', encode.ack('pubrel', 5, 0, big)],
    ],
  ],
  [
    'frame-size-pubcomp',
    'a large PUBCOMP',
    [...after(small), ['>', encode.ack('pubrel', 5)], ['<', encode.ack('pubcomp', 5, 0x92, big)]],
  ],
  [
    'frame-size-suback',
    'a large SUBACK',
    [...after(small), ['<', encode.subscriptionAck(5, 'suback', { id: 1, reasons: [0], properties: big })]],
  ],
  [
    'frame-size-unsuback',
    'a large UNSUBACK',
    [
      ...after(small),
      ['>', encode.unsubscribe(5, 6, ['a'])],
      ['<', encode.subscriptionAck(5, 'unsuback', { id: 6, reasons: [0], properties: big })],
    ],
  ],
  [
    'frame-size-disconnect',
    'a large DISCONNECT',
    [...after(small), ['<', encode.goodbye('disconnect', 0x8b, big)]],
  ],
]

function play(version: Version, steps: readonly Step[]): Linter {
  const linter = new Linter()
  const connection = linter.connection(version)
  for (const [direction, bytes] of steps) {
    const packet = decode(bytes, version)
    if (direction === '>') connection.sent(packet)
    else connection.received(packet)
  }
  return linter
}

const found = (linter: Linter): string[] => linter.findings.map(({ rule }) => rule)

test.each(rows)('%s: %s', (rule, _, steps) => {
  const linter = play(5, steps)
  expect(found(linter)).toContain(rule)
  expect(found(play(5, steps.slice(0, -1)))).toEqual([])
  expect(linter.checkedFor(linter.findings[0]?.rule ?? 'frame-flags', 5)).toBeGreaterThan(0)
})

test('every rule has a row', () => {
  const covered = new Set(rows.map(([rule]) => rule))
  expect(lintRules.map(({ id }) => id).filter(id => !covered.has(id))).toEqual([])
})

describe('healthy brokers are not blamed', () => {
  const healthy: [what: string, version: Version, steps: Step[]][] = [
    [
      'acknowledged identifiers are used again',
      5,
      [...hello, ['<', qos1(1)], ['>', encode.ack('puback', 1)], ['<', qos1(1)]],
    ],
    [
      'a refused message frees its identifier',
      5,
      [
        ...hello,
        ['<', publish({ qos: 2, id: 1 })],
        ['>', encode.ack('pubrec', 1, 0x80)],
        ['<', publish({ qos: 2, id: 1 })],
      ],
    ],
    [
      'a resumed session resends with DUP and has other subscriptions',
      5,
      [
        ['>', connect(5, [['sessionExpiry', 9]], false)],
        ['<', connack],
        ['<', publish({ topic: 'z', qos: 1, id: 4, dup: true })],
      ],
    ],
    [
      'an alias replaces its topic',
      5,
      [
        ...after([['topicAliasMaximum', 2]]),
        ['<', publish({ properties: [['topicAlias', 2]] })],
        ['<', publish({ topic: '', properties: [['topicAlias', 2]] })],
      ],
    ],
    [
      'MQTT 3.1.1 may resend while connected',
      4,
      [
        ['>', connect(4)],
        ['<', encode.connack(4, {})],
        ['>', encode.subscribe(4, 1, [{ filter: 'a', qos: 1 }])],
        ['<', encode.publish(4, { topic: 'a', qos: 1, id: 1 })],
        ['<', encode.publish(4, { topic: 'a', qos: 1, id: 1, dup: true })],
      ],
    ],
    [
      'an unknown level is answered in any version',
      5,
      [
        ['>', encode.connect({ version: 5, clientId: 'c', clean: true, protocolLevel: 9 })],
        ['<', Buffer.from([0x20, 2, 0, 1])],
      ],
    ],
    [
      'a retained message before SUBACK',
      5,
      [
        ...hello,
        ['<', publish({ retain: true })],
        ['<', encode.subscriptionAck(5, 'suback', { id: 1, reasons: [2] })],
      ],
    ],
  ]
  test.each(healthy)('%s', (_, version, steps) => {
    expect(play(version, steps).findings).toEqual([])
  })
})
