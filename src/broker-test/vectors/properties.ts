import { sized, varint } from '../../mqtt/bytes.ts'
import { encodeValue } from '../../mqtt/encode.ts'
import {
  type PropertyName,
  type PropertyValue,
  propertyNameOf,
  propertyNames,
  propertyRule,
} from '../../mqtt/properties.ts'
import { badTexts } from './texts.ts'
import {
  bodyOf,
  type ClientPacket,
  correct,
  type Source,
  type Vector,
  type VectorSet,
  withBody,
} from './vector.ts'

/** Where a packet of MQTT 5 has properties. */
const places = {
  connect: { packet: 'connect', at: () => 10 },
  // Behind the client id.
  will: { packet: 'connect', at: (body: Buffer) => 13 + body.readUInt16BE(11) },
  // Behind topic and identifier.
  publish: { packet: 'publish', at: (body: Buffer) => 4 + body.readUInt16BE(0) },
  puback: { packet: 'puback', at: () => 3 },
  pubrec: { packet: 'pubrec', at: () => 3 },
  pubrel: { packet: 'pubrel', at: () => 3 },
  pubcomp: { packet: 'pubcomp', at: () => 3 },
  subscribe: { packet: 'subscribe', at: () => 2 },
  unsubscribe: { packet: 'unsubscribe', at: () => 2 },
} as const satisfies Record<string, { packet: ClientPacket; at: (body: Buffer) => number }>

type Place = keyof typeof places
const placeNames = Object.keys(places) as Place[]

/** A correct packet with these bytes as its properties; `length` replaces their Property Length. */
function withProperties(
  place: Place,
  source: Source,
  content: Buffer,
  length = varint(content.length),
): Buffer {
  const { packet, at } = places[place]
  const bytes = correct(packet, source)
  const body = bodyOf(bytes)
  const start = at(body)
  // The correct packet has none: its Property Length is one byte.
  return withBody(bytes, body.subarray(0, start), length, content, body.subarray(start + 1))
}

const samples = {
  byte: 1,
  uint16: 1,
  uint32: 1,
  varint: 1,
  text: 'x',
  binary: Buffer.from('x'),
  pair: ['a', 'b'],
} as const

const encoded = (name: PropertyName, value: PropertyValue = samples[propertyRule(name).kind]): Buffer =>
  Buffer.concat([varint(propertyRule(name).id), encodeValue(propertyRule(name).kind, value)])

const isAllowed = (place: Place, name: PropertyName): boolean => propertyRule(name).in.includes(place)
const allowed = (place: Place): PropertyName[] => propertyNames.filter(name => isAllowed(place, name))

type Content = [what: string, content: Buffer, length?: Buffer]

const foreign = (place: Place): Content[] =>
  propertyNames.filter(name => !isAllowed(place, name)).map(name => [name, encoded(name)])

const twice = (place: Place): Content[] =>
  allowed(place)
    .filter(name => !propertyRule(name).repeats || (place === 'subscribe' && name === 'subscriptionId'))
    .map(name => [`${name} twice`, Buffer.concat([encoded(name), encoded(name)])])

/** Some of one byte, some of two. */
const unknown = (): Content[] =>
  [...Array.from({ length: 26 }, (_, index) => index * 5), 128, 255, 1_000, 16_383]
    .filter(id => propertyNameOf(id) === undefined)
    .map(id => [`property ${id}`, Buffer.concat([varint(id), Buffer.from([0])])])

const cut = (place: Place): Content[] =>
  allowed(place).flatMap(name => {
    const whole = encoded(name)
    return Array.from({ length: whole.length - 1 }, (_, index): Content => {
      const length = index + 1
      return [`${length} of ${whole.length} bytes of ${name}`, whole.subarray(0, length)]
    })
  })

/** Values that the description of the property forbids. */
const values = (place: Place): Content[] =>
  allowed(place).flatMap(name => {
    const { kind, allows } = propertyRule(name)
    // Which values of a Payload Format Indicator are errors is not specified.
    if (!allows || name === 'payloadFormat') return []
    const wrong = kind === 'byte' ? [2, 3, 127, 128, 255] : [0]
    return wrong
      .filter(value => !allows(value))
      .map((value): Content => [`${name} ${value}`, encoded(name, value)])
  })

const lengths = (): Content[] => [
  ['a Property Length beyond the packet', encoded('userProperty'), varint(200)],
  ['a Property Length of 268435455', encoded('userProperty'), varint(268_435_455)],
  ['a Property Length of five bytes', encoded('userProperty'), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x01])],
  [
    'a Property Length within a property',
    encoded('userProperty'),
    varint(encoded('userProperty').length - 1),
  ],
]

/** An Authentication Method is refused because it is unknown. */
const isText = (name: PropertyName): boolean => propertyRule(name).kind === 'text' && name !== 'authMethod'

const texts = (place: Place): Content[] =>
  Object.entries(badTexts).flatMap(([what, bad]) => {
    const text = Buffer.from([0x61, ...bad, 0x62])
    const pair = Buffer.from([propertyRule('userProperty').id])
    return [
      ...allowed(place)
        .filter(isText)
        .map((name): Content => [`${what} in ${name}`, encoded(name, text)]),
      [`${what} in the name of a User Property`, Buffer.concat([pair, sized(text), sized('b')])],
      [`${what} in the value of a User Property`, Buffer.concat([pair, sized('a'), sized(text)])],
    ] as Content[]
  })

const kinds: readonly [
  kind: string,
  what: string,
  clauses: string[],
  contents: (place: Place) => Content[],
][] = [
  ['foreign', 'with properties of other packets', ['4.13.1-1'], foreign],
  ['twice', 'with a property twice', ['4.13.1-1'], twice],
  ['unknown', 'with unknown properties', ['4.13.1-1'], unknown],
  ['cut', 'with properties that are cut off', ['4.13.1-1'], cut],
  ['value', 'with forbidden values of properties', ['4.13.1-1'], values],
  ['length', 'with a wrong Property Length', ['4.13.1-1'], lengths],
  ['utf8', 'with properties that are not UTF-8', ['1.5.4-1', '1.5.4-2', '1.5.7-1', '4.13.1-1'], texts],
]

const vectorsOf = (place: Place, contents: readonly Content[], source: Source): Vector[] =>
  contents.map(([what, content, length]) => ({ what, bytes: withProperties(place, source, content, length) }))

export const propertyVectors: readonly VectorSet[] = placeNames.flatMap(place =>
  kinds
    .filter(([, , , contents]) => contents(place).length > 0)
    .map(
      ([kind, what, clauses, contents]): VectorSet => ({
        kind: `${place === 'will' ? 'will-' : ''}property-${kind}`,
        packet: places[place].packet,
        what: place === 'will' ? `${what} in its will` : what,
        clauses: { 5: clauses },
        vectors: source => vectorsOf(place, contents(place), source),
        orAnswer: place === 'subscribe' || place === 'unsubscribe',
      }),
    ),
)
