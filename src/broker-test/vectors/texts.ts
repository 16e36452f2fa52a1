import { sized, uint16 } from '../../mqtt/bytes.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes, type Version } from '../../mqtt/packet.ts'
import type { ClientPacket, Source, Vector, VectorSet } from './vector.ts'

/** Byte sequences that are not UTF-8 (RFC 3629), and the null character, which MQTT forbids. */
export const badTexts: Readonly<Record<string, readonly number[]>> = {
  'U+0000': [0x00],
  'a lone continuation byte': [0x80],
  'byte FE': [0xfe],
  'byte FF': [0xff],
  'an overlong slash of 2 bytes': [0xc0, 0xaf],
  'an overlong slash of 3 bytes': [0xe0, 0x80, 0xaf],
  'an overlong slash of 4 bytes': [0xf0, 0x80, 0x80, 0xaf],
  'an overlong U+0000': [0xc0, 0x80],
  'U+D800': [0xed, 0xa0, 0x80],
  'U+DBFF': [0xed, 0xaf, 0xbf],
  'U+DC00': [0xed, 0xb0, 0x80],
  'U+DFFF': [0xed, 0xbf, 0xbf],
  'a pair of surrogates': [0xed, 0xa1, 0x8c, 0xed, 0xbe, 0xb4],
  'a code point above U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'a sequence of 5 bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  '1 of 2 bytes': [0xc3],
  '2 of 3 bytes': [0xe2, 0x82],
  '3 of 4 bytes': [0xf0, 0x9f, 0x98],
}

/** What is before and after them. */
const places: readonly [place: string, before: string, after: string][] = [
  ['at the beginning', '', 'ab'],
  ['in the middle', 'a', 'b'],
  ['at the end', 'ab', ''],
]

/** A field of a packet that is text. */
interface Field {
  packet: ClientPacket
  name: string
  clauses: Partial<Record<Version, readonly string[]>>
  bytes: (source: Source, text: Buffer) => Buffer
  /** Whether a broker refuses also a correct text. */
  isRefusedAnyway?: (source: Source) => boolean
}

const none = { 4: Buffer.alloc(0), 5: encode.encodeProperties() }

const fields: readonly Field[] = [
  {
    packet: 'connect',
    name: 'client id',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.1.3-4'], 5: ['1.5.4-1', '1.5.4-2', '3.1.3-4'] },
    bytes: (source, text) => source.connectPacket({ clientId: text }),
  },
  {
    packet: 'connect',
    name: 'will topic',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.1.3-10'], 5: ['1.5.4-1', '1.5.4-2', '3.1.3-11'] },
    bytes: (source, text) => source.connectPacket({ will: { topic: text, payload: '' } }),
  },
  {
    packet: 'connect',
    name: 'user name',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.1.3-11'], 5: ['1.5.4-1', '1.5.4-2', '3.1.3-12'] },
    bytes: (source, text) => source.connectPacket({ username: text }),
    isRefusedAnyway: ({ login }) => login !== undefined,
  },
  {
    packet: 'publish',
    name: 'topic',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.3.2-1'], 5: ['1.5.4-1', '1.5.4-2', '3.3.2-1'] },
    bytes: ({ version }, text) => encode.publish(version, { topic: text }),
  },
  {
    packet: 'subscribe',
    name: 'topic filter',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.8.3-1'], 5: ['1.5.4-1', '1.5.4-2', '3.8.3-1'] },
    bytes: ({ version }, text) =>
      encode.frame(packetTypes.subscribe, 2, [uint16(1), none[version], sized(text), Buffer.from([0])]),
  },
  {
    packet: 'unsubscribe',
    name: 'topic filter',
    clauses: { 4: ['1.5.3-1', '1.5.3-2', '3.10.3-1'], 5: ['1.5.4-1', '1.5.4-2', '3.10.3-1'] },
    bytes: ({ version }, text) => encode.unsubscribe(version, 1, [text]),
  },
]

const vectorsOf = ({ name, bytes }: Field, source: Source): Vector[] =>
  Object.entries(badTexts).flatMap(([what, bad]) =>
    places.map(([place, before, after]) => {
      const text = Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)])
      return { what: `${what} ${place} of its ${name}`, bytes: bytes(source, text) }
    }),
  )

const textSet = (field: Field): VectorSet => ({
  kind: `utf8-${field.name.replaceAll(' ', '-')}`,
  packet: field.packet,
  what: `with a ${field.name} that is not UTF-8, or has a null character`,
  clauses: field.clauses,
  orAnswer: field.packet === 'subscribe',
  vectors: source => (field.isRefusedAnyway?.(source) ? [] : vectorsOf(field, source)),
})

export const textVectors: readonly VectorSet[] = fields.map(textSet)
