import { sized, uint16 } from '../../mqtt/bytes.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes, type Version } from '../../mqtt/packet.ts'
import type { Vector, VectorSet } from './vector.ts'

const bytes = Array.from({ length: 256 }, (_, value) => value)
const none = { 4: Buffer.alloc(0), 5: encode.encodeProperties() }

/** Subscription Options: QoS 3, and bits that are reserved (MQTT 5, section 3.8.3.1; MQTT 3.1.1, section 3.8.3). */
const isWrongOption = (value: number, version: Version): boolean =>
  version === 4 ? value > 2 : (value & 3) === 3 || (value & 0x30) === 0x30 || (value & 0xc0) !== 0

const options: VectorSet = {
  kind: 'options',
  packet: 'subscribe',
  what: 'with wrong Subscription Options',
  clauses: { 4: ['3.8.3-4'], 5: ['3.8.3-5', '4.13.1-1'] },
  orAnswer: true,
  vectors: source =>
    bytes
      .filter(value => isWrongOption(value, source.version))
      .map(value => ({
        what: `options ${value}`,
        bytes: encode.frame(packetTypes.subscribe, 2, [
          uint16(1),
          none[source.version],
          sized(source.topic('x')),
          Buffer.from([value]),
        ]),
      })),
}

/** Wildcards that do not stand alone in their level, or `#` that is not the last one. */
const wrongFilters = [
  'a/#/b',
  '#/a',
  '#/',
  'a#',
  '#a',
  'a/b#',
  'a/#b',
  'a+',
  '+a',
  'a/+b',
  'a/b+/c',
  '##',
  '++',
  'a/##',
  '+#',
  '#+',
  '/#/',
  'a/+/#/b',
  '+/a#/b',
  '',
]

const filters = (packet: 'subscribe' | 'unsubscribe'): VectorSet => ({
  kind: 'filter',
  packet,
  what: 'with invalid topic filters',
  clauses: { 4: ['4.7.1-2', '4.7.1-3', '4.7.3-1'], 5: ['4.7.1-1', '4.7.1-2', '4.7.3-1'] },
  orAnswer: true,
  vectors: ({ version }) =>
    wrongFilters.map(filter => ({
      what: `the filter ${filter}`,
      bytes:
        packet === 'subscribe'
          ? encode.subscribe(version, 1, [{ filter, qos: 0 }])
          : encode.unsubscribe(version, 1, [filter]),
    })),
})

const topics: VectorSet = {
  kind: 'topic',
  packet: 'publish',
  what: 'with invalid topic names',
  clauses: { 4: ['3.3.2-2', '4.7.1-1', '4.7.3-1'], 5: ['3.3.2-2', '4.7.0-1', '4.7.3-1'] },
  vectors: ({ version }) =>
    ['#', '+', 'a/#', 'a/+', '+/a', 'a/+/b', 'a#', 'a+', '#a', '/#', '/+', ''].map(topic => ({
      what: `the topic ${topic}`,
      bytes: encode.publish(version, { topic }),
    })),
}

/** The Reason Codes that an acknowledgment of a client may have (MQTT 5, sections 3.4 to 3.7). */
const reasonsOf = {
  puback: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrec: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrel: [0x00, 0x92],
  pubcomp: [0x00, 0x92],
} as const

const reasons = (packet: keyof typeof reasonsOf): VectorSet => ({
  kind: 'reason',
  packet,
  what: 'with Reason Codes of other packets',
  clauses: { 5: ['4.13.1-1'] },
  vectors: () => {
    const known: readonly number[] = reasonsOf[packet]
    return bytes
      .filter(code => !known.includes(code) && code % 5 === 1)
      .map(code => ({ what: `Reason Code ${code}`, bytes: encode.ack(packet, 1, code) }))
  },
})

/** Bits of the Connect Flags (MQTT 5, section 3.1.2.3). */
const will = 0x04
const willQos = 0x18
const willRetain = 0x20
const password = 0x40
const username = 0x80

function isWrongConnect(flags: number, version: Version): boolean {
  const qos = (flags & willQos) >> 3
  if ((flags & 1) !== 0 || qos === 3) return true
  if ((flags & will) === 0 && (flags & (willQos | willRetain)) !== 0) return true
  return version === 4 && (flags & password) !== 0 && (flags & username) === 0
}

const connectFlags: VectorSet = {
  kind: 'connect-flags',
  packet: 'connect',
  what: 'with Connect Flags that contradict each other',
  clauses: {
    4: ['3.1.2-3', '3.1.2-11', '3.1.2-13', '3.1.2-14', '3.1.2-15', '3.1.2-22'],
    5: ['3.1.2-3', '3.1.2-11', '3.1.2-12', '3.1.2-13'],
  },
  vectors: source =>
    bytes
      // A clean session leaves nothing when it is accepted.
      .filter(flags => (flags & 2) !== 0 && isWrongConnect(flags, source.version))
      .map((flags): Vector => {
        const fields = {
          ...(flags & will && { will: { topic: source.topic('will'), payload: '' } }),
          username: flags & username ? (source.login?.username ?? 'edgekit') : undefined,
          password: flags & password ? (source.login?.password ?? 'edgekit') : undefined,
        }
        return {
          what: `Connect Flags ${flags}`,
          bytes: source.connectPacket({ ...fields, connectFlags: flags }),
        }
      }),
}

/** Packet types that a client must not send, with any flags. */
const foreign = (['connack', 'suback', 'unsuback', 'pingresp'] as const).map(
  (packet): VectorSet => ({
    kind: 'from-client',
    packet,
    what: 'from a client',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    vectors: ({ version }) => {
      const body = {
        connack: encode.connack(version, {}).subarray(2),
        suback: encode.subscriptionAck(version, 'suback', { id: 1, reasons: [0] }).subarray(2),
        unsuback: encode.subscriptionAck(version, 'unsuback', { id: 1, reasons: [0] }).subarray(2),
        pingresp: Buffer.alloc(0),
      }[packet]
      return Array.from({ length: 16 }, (_, flags) => ({
        what: `flags ${flags}`,
        bytes: encode.frame(packetTypes[packet], flags, [body]),
      }))
    },
  }),
)

const identifiers = (['publish', 'subscribe', 'unsubscribe'] as const).map(
  (packet): VectorSet => ({
    kind: 'identifier-0',
    packet,
    what: 'with Packet Identifier 0',
    clauses: { 4: ['2.3.1-1'], 5: ['2.2.1-3'] },
    vectors: source => {
      const { version } = source
      const name = source.topic('x')
      if (packet === 'subscribe')
        return [0, 1, 2].map(qos => ({
          what: `QoS ${qos}`,
          bytes: encode.subscribe(version, 0, [{ filter: name, qos: qos as 0 }]),
        }))
      if (packet === 'unsubscribe')
        return [{ what: 'a filter', bytes: encode.unsubscribe(version, 0, [name]) }]
      return [1, 2].flatMap(qos =>
        [false, true].map(dup => ({
          what: `QoS ${qos}${dup ? ' and DUP' : ''}`,
          bytes: encode.publish(version, { topic: name, qos, dup, id: 0 }),
        })),
      )
    },
  }),
)

const acks = ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const

export const fieldVectors: readonly VectorSet[] = [
  options,
  filters('subscribe'),
  filters('unsubscribe'),
  topics,
  ...acks.map(reasons),
  connectFlags,
  ...foreign,
  ...identifiers,
]
