import { sized, varint } from '../../mqtt/bytes.ts'
import { encodeProperties, frame } from '../../mqtt/encode.ts'
import type { Version } from '../../mqtt/packet.ts'
import type { Properties } from '../../mqtt/properties.ts'
import type { TestContext } from '../context.ts'
import { both, refusesConnect } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'

/** Text that is not UTF-8, or that MQTT forbids in strings (MQTT 5, section 1.5.4). */
export const badTexts = {
  surrogate: { what: 'a surrogate', bytes: Buffer.from([0x61, 0xed, 0xa0, 0x80]) },
  overlong: { what: 'an overlong encoding', bytes: Buffer.from([0x61, 0xc0, 0xaf]) },
  truncated: { what: 'a truncated character', bytes: Buffer.from([0x61, 0xe2, 0x82]) },
  null: { what: 'the null character', bytes: Buffer.from([0x61, 0x00, 0x62]) },
} as const

/** A CONNECT with any payload behind its flags. */
const raw = (context: TestContext, connectFlags: number, payload: readonly Buffer[]): Buffer =>
  frame(1, 0, [
    sized('MQTT'),
    Buffer.from([context.version, connectFlags, 0, 60]),
    ...(context.version === 5 ? [encodeProperties()] : []),
    ...payload,
  ])

const id = (context: TestContext): Buffer => sized(context.newClientId())
/** The will of a CONNECT: its properties in MQTT 5, a topic and a payload. */
const will = (context: TestContext, topic: Buffer): Buffer[] => [
  ...(context.version === 5 ? [encodeProperties()] : []),
  topic,
  sized('gone'),
]

interface Row {
  id: string
  what: string
  clauses: Partial<Record<Version, string[]>>
  packet: (context: TestContext) => Buffer
}

const flagRows: readonly Row[] = [
  {
    id: 'reserved-flag',
    what: 'the reserved Connect Flag',
    clauses: { 4: ['3.1.2-3', '3.1.4-1'], 5: ['3.1.2-3', '3.1.4-1'] },
    packet: context => context.connectPacket({ connectFlags: 0x03 }),
  },
  {
    id: 'header-flags',
    what: 'flags in the fixed header of CONNECT',
    clauses: { 4: ['2.2.2-2'], 5: ['2.1.3-1'] },
    packet: context => Buffer.concat([Buffer.from([0x11]), context.connectPacket().subarray(1)]),
  },
  {
    id: 'will-qos-without-will',
    what: 'a Will QoS without a will',
    clauses: { 4: ['3.1.2-13'], 5: ['3.1.2-11'] },
    packet: context => raw(context, 0x0a, [id(context)]),
  },
  {
    id: 'will-retain-without-will',
    what: 'Will Retain without a will',
    clauses: { 4: ['3.1.2-15', '3.1.2-11'], 5: ['3.1.2-13'] },
    packet: context => raw(context, 0x22, [id(context)]),
  },
  {
    id: 'will-qos-3',
    what: 'a will with QoS 3',
    clauses: { 4: ['3.1.2-14'], 5: ['3.1.2-12'] },
    packet: context => raw(context, 0x1e, [id(context), ...will(context, sized(context.topic('will')))]),
  },
  {
    id: 'will-missing',
    what: 'a Will Flag without a will',
    clauses: both('3.1.2-9'),
    packet: context => raw(context, 0x06, [id(context)]),
  },
  {
    id: 'user-name-missing',
    what: 'a User Name Flag without a user name',
    clauses: { 4: ['3.1.2-19'], 5: ['3.1.2-17'] },
    packet: context => raw(context, 0x82, [id(context)]),
  },
  {
    id: 'user-name-without-flag',
    what: 'a user name without its flag',
    clauses: { 4: ['3.1.2-18'], 5: ['3.1.2-16'] },
    packet: context => raw(context, 0x02, [id(context), sized('edgekit')]),
  },
  {
    id: 'password-without-flag',
    what: 'a password without its flag',
    clauses: { 4: ['3.1.2-20'], 5: ['3.1.2-18'] },
    packet: context => raw(context, 0x82, [id(context), sized('edgekit'), sized('secret')]),
  },
  {
    id: 'password-missing',
    what: 'a Password Flag without a password',
    clauses: { 4: ['3.1.2-21'], 5: ['3.1.2-19'] },
    packet: context => raw(context, 0xc2, [id(context), sized('edgekit')]),
  },
  {
    id: 'password-without-user-name',
    what: 'a password without a user name',
    clauses: { 4: ['3.1.2-22'] },
    packet: context => raw(context, 0x42, [id(context), sized('secret')]),
  },
  {
    id: 'client-id-missing',
    what: 'a CONNECT without a client id field',
    clauses: both('3.1.3-3'),
    packet: context => raw(context, 0x02, []),
  },
  {
    id: 'protocol-name',
    what: 'the protocol name MQTX',
    clauses: both('3.1.2-1'),
    packet: context => context.connectPacket({ protocolName: 'MQTX' }),
  },
  {
    id: 'will-topic-wildcard',
    what: 'a will topic with a wildcard',
    clauses: { 4: ['4.7.1-1'], 5: ['4.7.0-1'] },
    packet: context => context.connectPacket({ will: { topic: context.topic('#'), payload: '' } }),
  },
]

const textRows = Object.entries(badTexts).flatMap(([slug, { what: name, bytes }]): Row[] => {
  const rule: Record<Version, string> =
    slug === 'null' ? { 4: '1.5.3-2', 5: '1.5.4-2' } : { 4: '1.5.3-1', 5: '1.5.4-1' }
  return [
    {
      id: `client-id-${slug}`,
      what: `${name} in the client id`,
      clauses: { 4: ['3.1.3-4', rule[4]], 5: ['3.1.3-4', rule[5]] },
      packet: context =>
        context.connectPacket({ clientId: Buffer.concat([Buffer.from(context.newClientId()), bytes]) }),
    },
    {
      id: `will-topic-${slug}`,
      what: `${name} in the will topic`,
      clauses: { 4: ['3.1.3-10', rule[4]], 5: ['3.1.3-11', rule[5]] },
      packet: context => context.connectPacket({ will: { topic: bytes, payload: '' } }),
    },
    {
      id: `user-name-${slug}`,
      what: `${name} in the user name`,
      clauses: { 4: ['3.1.3-11', rule[4]], 5: ['3.1.3-12', rule[5]] },
      packet: context => context.connectPacket({ username: bytes, password: 'secret' }),
    },
  ]
})

const propertyRow = (name: string, what: string, properties: Properties): Row => ({
  id: name,
  what,
  clauses: { 5: ['3.1.4-1', '4.13.1-1'] },
  packet: context => context.connectPacket({ properties }),
})

const propertyRows: readonly Row[] = [
  propertyRow('receive-maximum-0', 'Receive Maximum 0', [['receiveMaximum', 0]]),
  propertyRow('packet-size-0', 'Maximum Packet Size 0', [['maximumPacketSize', 0]]),
  propertyRow('problem-info-2', 'Request Problem Information 2', [['requestProblemInfo', 2]]),
  propertyRow('response-info-2', 'Request Response Information 2', [['requestResponseInfo', 2]]),
  propertyRow('session-expiry-twice', 'two Session Expiry Intervals', [
    ['sessionExpiry', 0],
    ['sessionExpiry', 0],
  ]),
  propertyRow('receive-maximum-twice', 'two Receive Maximums', [
    ['receiveMaximum', 10],
    ['receiveMaximum', 10],
  ]),
  propertyRow('packet-size-twice', 'two Maximum Packet Sizes', [
    ['maximumPacketSize', 1000],
    ['maximumPacketSize', 1000],
  ]),
  propertyRow('alias-maximum-twice', 'two Topic Alias Maximums', [
    ['topicAliasMaximum', 1],
    ['topicAliasMaximum', 1],
  ]),
  propertyRow('foreign-property', 'a Topic Alias in CONNECT', [['topicAlias', 1]]),
  propertyRow('server-property', 'Maximum QoS in CONNECT', [['maximumQos', 1]]),
  propertyRow('auth-data-alone', 'Authentication Data without a method', [['authData', Buffer.from('x')]]),
  {
    id: 'unknown-property',
    what: 'an unknown property in CONNECT',
    clauses: { 5: ['3.1.4-1', '4.13.1-1'] },
    packet: context =>
      frame(1, 0, [
        sized('MQTT'),
        Buffer.from([5, 2, 0, 60]),
        varint(2),
        Buffer.from([0x7f, 0x00]),
        id(context),
      ]),
  },
  {
    id: 'auth-method',
    what: 'an unknown Authentication Method',
    clauses: { 5: ['4.12.0-1', '3.2.2-7', '4.13.2-1'] },
    packet: context => context.connectPacket({ properties: [['authMethod', 'edgekit-unknown']] }),
  },
  {
    id: 'will-property',
    what: 'a Receive Maximum in the Will Properties',
    clauses: { 5: ['3.1.4-1', '4.13.1-1'] },
    packet: context =>
      context.connectPacket({
        will: { topic: context.topic('will'), payload: '', properties: [['receiveMaximum', 1]] },
      }),
  },
]

export const malformedConnect: readonly BrokerTest[] = [...flagRows, ...textRows, ...propertyRows].map(row =>
  refusesConnect({ ...row, id: `connect-${row.id}`, title: `CONNECT is refused: ${row.what}` }),
)
