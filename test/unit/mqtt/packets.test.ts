import { describe, expect, test } from 'vitest'
import { decode } from '../../../src/mqtt/decode.ts'
import { describePacket } from '../../../src/mqtt/describe.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import { splitFrames } from '../../../src/mqtt/frames.ts'
import type { Version } from '../../../src/mqtt/packet.ts'
import { numberIn, textIn } from '../../../src/mqtt/properties.ts'

const versions: readonly Version[] = [4, 5]

describe.each(versions)('level %i', version => {
  test('CONNECT with a will, a user and properties', () => {
    const packet = decode(
      encode.connect({
        version,
        clientId: 'c1',
        clean: false,
        keepAliveSeconds: 7,
        username: 'u',
        password: 'secret',
        will: { topic: 'w', payload: 'gone', qos: 2, retain: true, properties: [['willDelay', 5]] },
        properties: [['sessionExpiry', 60]],
      }),
      version,
    )
    expect(packet.problems).toEqual([])
    expect(packet.connect).toMatchObject({
      version,
      level: version,
      clientId: 'c1',
      clean: false,
      keepAliveSeconds: 7,
      username: 'u',
      will: { topic: 'w', qos: 2, retain: true },
    })
    expect(numberIn(packet.properties, 'sessionExpiry')).toBe(version === 5 ? 60 : undefined)
    expect(describePacket(packet, version)).not.toContain('secret')
  })

  test('PUBLISH of each QoS', () => {
    for (const qos of [0, 1, 2] as const) {
      const id = qos === 0 ? undefined : 300
      const bytes = encode.publish(version, { topic: 'a/b', payload: 'x', qos, id, retain: true })
      expect(decode(bytes, version)).toMatchObject({
        topic: 'a/b',
        qos,
        retain: true,
        dup: false,
        problems: [],
      })
      expect(decode(bytes, version).id).toBe(id)
    }
  })

  test('SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK', () => {
    const subscriptions = [
      { filter: 'a/#', qos: 1, noLocal: false, retainAsPublished: true, retainHandling: 2 },
      { filter: 'b', qos: 0, noLocal: true, retainAsPublished: false, retainHandling: 0 },
    ] as const
    expect(decode(encode.subscribe(version, 9, subscriptions), version)).toMatchObject({
      id: 9,
      subscriptions,
      problems: [],
    })
    expect(decode(encode.unsubscribe(version, 9, ['a/#', 'b']), version)).toMatchObject({
      id: 9,
      filters: ['a/#', 'b'],
      problems: [],
    })
    for (const type of ['suback', 'unsuback'] as const) {
      const packet = decode(encode.subscriptionAck(version, type, { id: 9, reasons: [0, 0] }), version)
      expect(packet).toMatchObject({ type, id: 9, problems: [] })
    }
  })

  test.each(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const)('%s', type => {
    expect(decode(encode.ack(type, 65_535), version)).toMatchObject({ type, id: 65_535, problems: [] })
  })
})

test('reasons and properties of acknowledgments in MQTT 5', () => {
  const packet = decode(encode.ack('pubrec', 3, 0x97, [['reasonString', 'full']]), 5)
  expect(packet).toMatchObject({ reason: 0x97, problems: [] })
  expect(textIn(packet.properties, 'reasonString')).toBe('full')
  expect(describePacket(packet, 5)).toBe('PUBREC, id 3, 0x97 (quota exceeded), reasonString=full')
})

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Frames of a broker that break a rule, and what the decoder reports. */
const wrong: [what: string, version: Version, bytes: Buffer, rule: string][] = [
  ['flags in PINGRESP', 4, hex('d1 00'), 'fixed-flags'],
  ['PUBREL with flags 0', 5, hex('60 02 0001'), 'fixed-flags'],
  ['the reserved type 0', 4, hex('00 00'), 'fixed-flags'],
  ['a Remaining Length of two bytes for 0', 4, hex('d0 80 00'), 'length'],
  ['CONNACK with a byte too many', 4, hex('20 03 000000'), 'length'],
  ['CONNACK that is too short', 5, hex('20 02 0000'), 'length'],
  ['SUBACK without an identifier', 4, hex('90 01 00'), 'length'],
  ['a topic that is not UTF-8', 4, hex('30 04 0002 c3 28'), 'utf8'],
  ['a topic with a surrogate', 4, hex('30 05 0003 eda080'), 'utf8'],
  ['a topic with U+0000', 4, hex('30 04 0002 6100'), 'null-character'],
  ['Packet Identifier 0 in PUBLISH', 4, hex('32 05 0001 61 0000'), 'packet-id'],
  ['an unknown property', 5, hex('30 06 0001 61 02 7f00'), 'properties'],
  [
    'a property of another packet',
    5,
    encode.publish(5, { topic: 'a', properties: [['willDelay', 1]] }),
    'properties',
  ],
  ['Maximum QoS 2', 5, encode.connack(5, { properties: [['maximumQos', 2]] }), 'properties'],
  ['Receive Maximum 0', 5, encode.connack(5, { properties: [['receiveMaximum', 0]] }), 'properties'],
  ['topic alias 0', 5, encode.publish(5, { topic: 'a', properties: [['topicAlias', 0]] }), 'properties'],
  [
    'a property twice',
    5,
    encode.publish(5, {
      topic: 'a',
      properties: [
        ['contentType', 'x'],
        ['contentType', 'x'],
      ],
    }),
    'properties',
  ],
  ['return code 6', 4, hex('20 02 0006'), 'reason'],
  ['PUBACK with a code of SUBACK', 5, encode.ack('puback', 1, 0x01), 'reason'],
  ['SUBACK with QoS 3', 4, hex('90 03 0001 03'), 'reason'],
  ['QoS 3', 4, hex('36 05 0001 61 0001'), 'qos'],
  ['DUP with QoS 0', 4, hex('38 03 0001 61'), 'dup'],
  ['a wildcard in a topic name', 4, hex('30 03 0001 23'), 'topic'],
  ['an empty topic name', 5, hex('30 03 0000 00'), 'topic'],
  ['reserved bits in Connect Acknowledge Flags', 4, hex('20 02 0200'), 'connack-flags'],
  ['Session Present in a refusal', 4, hex('20 02 0105'), 'session-present'],
]

test.each(wrong)('the decoder reports %s', (_, version, bytes, rule) => {
  expect(decode(bytes, version).problems.map(problem => problem.rule)).toContain(rule)
})

test.each([
  ['an alias without a topic', encode.publish(5, { topic: '', properties: [['topicAlias', 1]] })],
  ['a QoS 2 PUBLISH with DUP', encode.publish(5, { topic: 'a', qos: 2, id: 1, dup: true })],
  ['DISCONNECT with a reason', encode.goodbye('disconnect', 0x8e)],
])('the decoder accepts %s', (_, bytes) => {
  expect(decode(bytes, 5).problems).toEqual([])
})

test('no bytes at all make the decoder throw', () => {
  // Numerical Recipes' generator: the same bytes in every run.
  let seed = 1
  const byte = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed >>> 24
  }
  for (let count = 0; count < 5_000; count += 1) {
    const body = Buffer.from(Array.from({ length: byte() % 40 }, byte))
    const bytes = Buffer.concat([Buffer.from([byte(), body.length]), body])
    for (const version of versions)
      expect(() => describePacket(decode(bytes, version), version)).not.toThrow()
  }
})

describe('splitFrames', () => {
  const packets = [
    encode.pingreq(),
    encode.publish(4, { topic: 'a', payload: Buffer.alloc(300) }),
    encode.pingreq(),
  ]
  const all = Buffer.concat(packets)

  test('cuts a stream into packets, wherever it is cut', () => {
    for (let at = 0; at <= all.length; at += 1) {
      const first = splitFrames(all.subarray(0, at))
      const second = splitFrames(Buffer.concat([first.rest, all.subarray(at)]))
      expect([...first.frames, ...second.frames]).toEqual(packets)
    }
  })

  test('a Remaining Length of five bytes breaks it', () => {
    expect(splitFrames(hex('30 ffffffff 01')).isBroken).toBe(true)
    expect(splitFrames(hex('30 ffffff')).isBroken).toBe(false)
  })
})
