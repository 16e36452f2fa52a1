import { sized, uint16, varint } from '../../mqtt/bytes.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes, type Version } from '../../mqtt/packet.ts'
import type { Properties } from '../../mqtt/properties.ts'
import type { Client, TestContext } from '../context.ts'
import { both, type PacketRefusal, refusesPacket } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { badTexts } from './malformed-connect.ts'

type Row = Omit<PacketRefusal, 'title'>

const none: readonly Buffer[] = []
/** The Property Length of MQTT 5, zero; nothing in MQTT 3.1.1. */
const noProperties = ({ version }: TestContext): readonly Buffer[] =>
  version === 5 ? [encode.encodeProperties()] : none

/** The control of a PUBLISH, with the topic that the test would publish to if it were correct. */
const publishes = async (context: TestContext, client: Client): Promise<void> => {
  await client.publish({ topic: context.topic('control') })
  await client.ping()
}
const subscribes = async (context: TestContext, client: Client): Promise<void> => {
  await client.subscribe(context.topic('control'), { qos: 0 })
}

const publishRows: readonly Row[] = [
  ...[
    ['hash', 'test/#'],
    ['plus', 'test/+'],
    ['only-hash', '#'],
  ].map(
    ([name, topic = '']): Row => ({
      id: `error-publish-${name}`,
      what: `a PUBLISH to ${topic}`,
      clauses: { 4: ['3.3.2-2', '4.7.1-1'], 5: ['3.3.2-2', '4.7.0-1'] },
      control: publishes,
      packet: context =>
        encode.publish(context.version, {
          topic: topic === '#' ? topic : context.topic(topic),
          payload: 'x',
        }),
    }),
  ),
  {
    id: 'error-publish-empty-topic',
    what: 'a PUBLISH with an empty topic',
    clauses: both('4.7.3-1'),
    control: publishes,
    packet: context => encode.publish(context.version, { topic: '', payload: 'x' }),
  },
  {
    id: 'error-publish-qos-3',
    what: 'a PUBLISH with QoS 3',
    clauses: both('3.3.1-4'),
    control: publishes,
    packet: context => encode.publish(context.version, { topic: context.topic('x'), qos: 3, id: 1 }),
  },
  {
    id: 'error-publish-id-0',
    what: 'a PUBLISH with Packet Identifier 0',
    clauses: { 4: ['2.3.1-1'], 5: ['2.2.1-3'] },
    needs: ['qos1'],
    control: publishes,
    packet: context => encode.publish(context.version, { topic: context.topic('x'), qos: 1, id: 0 }),
  },
  ...Object.entries(badTexts).map(([slug, { what, bytes }]): Row => {
    const isNull = slug === 'null'
    return {
      id: `error-publish-${slug}`,
      what: `a PUBLISH with ${what} in its topic`,
      clauses: isNull
        ? { 4: ['1.5.3-2', '4.7.3-2'], 5: ['1.5.4-2', '4.7.3-2'] }
        : { 4: ['1.5.3-1', '3.3.2-1'], 5: ['1.5.4-1', '3.3.2-1'] },
      control: publishes,
      packet: context => encode.publish(context.version, { topic: bytes, payload: 'x' }),
    }
  }),
  {
    id: 'error-publish-topic-cut',
    what: 'a PUBLISH that is shorter than its topic',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    control: publishes,
    packet: () => encode.frame(packetTypes.publish, 0, [uint16(100), Buffer.from('short')]),
  },
]

const filterRows: readonly Row[] = [
  ...(
    [
      ['hash-middle', 'a/#/b', { 4: ['4.7.1-2'], 5: ['4.7.1-1'] }],
      ['hash-glued', 'a/b#', { 4: ['4.7.1-2'], 5: ['4.7.1-1'] }],
      ['plus-glued', 'a+/b', { 4: ['4.7.1-3'], 5: ['4.7.1-2'] }],
      ['plus-before', '+a/b', { 4: ['4.7.1-3'], 5: ['4.7.1-2'] }],
    ] as const
  ).map(
    ([name, filter, clauses]): Row => ({
      id: `error-subscribe-${name}`,
      what: `a SUBSCRIBE to ${filter}`,
      clauses,
      needs: ['wildcards'],
      control: subscribes,
      orSuback: true,
      packet: context => encode.subscribe(context.version, 1, [{ filter: context.topic(filter), qos: 0 }]),
    }),
  ),
  {
    id: 'error-subscribe-empty',
    what: 'a SUBSCRIBE to an empty filter',
    clauses: both('4.7.3-1'),
    control: subscribes,
    orSuback: true,
    packet: context => encode.subscribe(context.version, 1, [{ filter: '', qos: 0 }]),
  },
  ...(
    [
      ['name-empty', '$share//topic', '4.8.2-1'],
      ['name-plus', '$share/a+b/topic', '4.8.2-2'],
      ['name-hash', '$share/a#b/topic', '4.8.2-2'],
      ['no-filter', '$share/name', '4.8.2-2'],
      ['empty-filter', '$share/name/', '4.8.2-2'],
    ] as const
  ).map(
    ([name, filter, clause]): Row => ({
      id: `error-share-${name}`,
      what: `a SUBSCRIBE to ${filter}`,
      clauses: { 5: [clause] },
      needs: ['shared'],
      async control(context, client) {
        await client.subscribe(`$share/edgekit/${context.topic('control')}`, { qos: 0 })
      },
      orSuback: true,
      packet: () => encode.subscribe(5, 1, [{ filter, qos: 0 }]),
    }),
  ),
  {
    id: 'error-share-no-local',
    what: 'No Local with a shared subscription',
    clauses: { 5: ['3.8.3-4'] },
    needs: ['shared'],
    async control(context, client) {
      await client.subscribe(`$share/edgekit/${context.topic('control')}`, { qos: 0 })
    },
    packet: context =>
      encode.subscribe(5, 1, [{ filter: `$share/edgekit/${context.topic('x')}`, qos: 0, noLocal: true }]),
  },
]

/** SUBSCRIBE with any options byte. */
const withOptions = (context: TestContext, options: number): Buffer =>
  encode.frame(packetTypes.subscribe, 2, [
    uint16(1),
    ...noProperties(context),
    sized(context.topic('x')),
    Buffer.from([options]),
  ])

const subscribeRows: readonly Row[] = [
  {
    id: 'error-subscribe-flags',
    what: 'a SUBSCRIBE with flags 0',
    clauses: both('3.8.1-1'),
    control: subscribes,
    packet: context =>
      encode.frame(packetTypes.subscribe, 0, [
        uint16(1),
        ...noProperties(context),
        sized(context.topic('x')),
        Buffer.from([0]),
      ]),
  },
  {
    id: 'error-subscribe-none',
    what: 'a SUBSCRIBE without a topic filter',
    clauses: { 4: ['3.8.3-3'], 5: ['3.8.3-2'] },
    control: subscribes,
    packet: context => encode.subscribe(context.version, 1, []),
  },
  {
    id: 'error-subscribe-qos-3',
    what: 'a SUBSCRIBE with QoS 3',
    clauses: { 4: ['3.8.3-4'], 5: ['4.13.1-1'] },
    control: subscribes,
    packet: context => withOptions(context, 3),
  },
  {
    id: 'error-subscribe-reserved',
    what: 'a SUBSCRIBE with reserved bits',
    clauses: { 4: ['3.8.3-4'], 5: ['3.8.3-5'] },
    control: subscribes,
    packet: context => withOptions(context, 0xc0),
  },
  {
    id: 'error-subscribe-retain-handling-3',
    what: 'Retain Handling 3',
    clauses: { 5: ['4.13.1-1'] },
    control: subscribes,
    packet: context => withOptions(context, 0x30),
  },
  {
    id: 'error-subscribe-options-missing',
    what: 'a SUBSCRIBE without options behind its filter',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    control: subscribes,
    packet: context =>
      encode.frame(packetTypes.subscribe, 2, [
        uint16(1),
        ...noProperties(context),
        sized(context.topic('x')),
      ]),
  },
  {
    id: 'error-subscribe-id-0',
    what: 'a SUBSCRIBE with Packet Identifier 0',
    clauses: { 4: ['2.3.1-1'], 5: ['2.2.1-3'] },
    control: subscribes,
    packet: context => encode.subscribe(context.version, 0, [{ filter: context.topic('x'), qos: 0 }]),
  },
  {
    id: 'error-subscribe-utf8',
    what: 'a SUBSCRIBE with a filter that is not UTF-8',
    clauses: both('3.8.3-1'),
    control: subscribes,
    packet: context =>
      encode.frame(packetTypes.subscribe, 2, [
        uint16(1),
        ...noProperties(context),
        sized(badTexts.surrogate.bytes),
        Buffer.from([0]),
      ]),
  },
  {
    id: 'error-subscribe-null',
    what: 'a SUBSCRIBE with a null character',
    clauses: { 4: ['1.5.3-2', '4.7.3-2'], 5: ['1.5.4-2', '4.7.3-2'] },
    control: subscribes,
    packet: context => encode.subscribe(context.version, 1, [{ filter: 'a\0b', qos: 0 }]),
  },
  {
    id: 'error-subscribe-identifier-0',
    what: 'Subscription Identifier 0',
    clauses: { 5: ['4.13.1-1'] },
    needs: ['subscription-ids'],
    control: subscribes,
    packet: context =>
      encode.subscribe(5, 1, [{ filter: context.topic('x'), qos: 0 }], [['subscriptionId', 0]]),
  },
  {
    id: 'error-subscribe-identifier-twice',
    what: 'two Subscription Identifiers',
    clauses: { 5: ['4.13.1-1'] },
    needs: ['subscription-ids'],
    control: subscribes,
    packet: context =>
      encode.subscribe(
        5,
        1,
        [{ filter: context.topic('x'), qos: 0 }],
        [
          ['subscriptionId', 1],
          ['subscriptionId', 2],
        ],
      ),
  },
  {
    id: 'error-unsubscribe-flags',
    what: 'an UNSUBSCRIBE with flags 0',
    clauses: both('3.10.1-1'),
    packet: context =>
      encode.frame(packetTypes.unsubscribe, 0, [
        uint16(1),
        ...noProperties(context),
        sized(context.topic('x')),
      ]),
  },
  {
    id: 'error-unsubscribe-none',
    what: 'an UNSUBSCRIBE without a topic filter',
    clauses: both('3.10.3-2'),
    packet: context => encode.unsubscribe(context.version, 1, []),
  },
  {
    id: 'error-unsubscribe-utf8',
    what: 'an UNSUBSCRIBE with a filter that is not UTF-8',
    clauses: both('3.10.3-1'),
    packet: context => encode.unsubscribe(context.version, 1, [badTexts.surrogate.bytes]),
  },
  {
    id: 'error-unsubscribe-id-0',
    what: 'an UNSUBSCRIBE with Packet Identifier 0',
    clauses: { 4: ['2.3.1-1'], 5: ['2.2.1-3'] },
    packet: context => encode.unsubscribe(context.version, 0, [context.topic('x')]),
  },
]

const headerRow = (
  name: string,
  type: number,
  flags: number,
  body: Buffer,
  clauses: Row['clauses'],
): Row => ({
  id: `error-flags-${name}`,
  what: `${name.toUpperCase()} with flags ${flags}`,
  clauses,
  packet: () => encode.frame(type, flags, [body]),
})

const empty = Buffer.alloc(0)
const headerRows: readonly Row[] = [
  headerRow('pubrel', packetTypes.pubrel, 0, uint16(1), both('3.6.1-1')),
  headerRow('puback', packetTypes.puback, 1, uint16(1), { 4: ['2.2.2-2'], 5: ['2.1.3-1'] }),
  headerRow('pubrec', packetTypes.pubrec, 8, uint16(1), { 4: ['2.2.2-2'], 5: ['2.1.3-1'] }),
  headerRow('pubcomp', packetTypes.pubcomp, 2, uint16(1), { 4: ['2.2.2-2'], 5: ['2.1.3-1'] }),
  headerRow('pingreq', packetTypes.pingreq, 1, empty, { 4: ['2.2.2-2'], 5: ['2.1.3-1'] }),
  headerRow('auth', packetTypes.auth, 1, empty, { 5: ['3.15.1-1'] }),
  {
    id: 'error-auth-uninvited',
    what: 'an AUTH without an Authentication Method',
    clauses: { 5: ['4.12.0-7'] },
    packet: () => encode.goodbye('auth', 0x18, [['authMethod', 'edgekit-unknown']]),
  },
]

const wrongWay: Record<string, (version: Version) => Buffer> = {
  connack: version => encode.connack(version, {}),
  suback: version => encode.subscriptionAck(version, 'suback', { id: 1, reasons: [0] }),
  unsuback: version => encode.subscriptionAck(version, 'unsuback', { id: 1, reasons: [0] }),
  pingresp: () => encode.frame(packetTypes.pingresp, 0, []),
}

const streamRows: readonly Row[] = [
  ...Object.entries(wrongWay).map(
    ([name, packet]): Row => ({
      id: `error-from-client-${name}`,
      what: `a ${name.toUpperCase()} from a client`,
      clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
      packet: ({ version }) => packet(version),
    }),
  ),
  {
    id: 'error-type-0',
    what: 'the reserved packet type 0',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    packet: () => encode.frame(0, 0, []),
  },
  {
    id: 'error-type-15',
    what: 'the reserved packet type 15',
    clauses: { 4: ['4.8.0-1'] },
    packet: () => encode.frame(15, 0, []),
  },
  {
    id: 'error-length-5-bytes',
    what: 'a Remaining Length of five bytes',
    clauses: { 4: ['4.8.0-1'], 5: ['1.5.5-1'] },
    packet: () => Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]),
  },
  {
    id: 'error-puback-short',
    what: 'a PUBACK of one byte',
    clauses: { 4: ['4.8.0-1'], 5: ['4.13.1-1'] },
    packet: () => encode.frame(packetTypes.puback, 0, [Buffer.from([1])]),
  },
]

/** A PUBLISH whose only fault is in its properties. */
const propertyRow = (name: string, what: string, clause: string, properties: Properties): Row => ({
  id: `error-property-${name}`,
  what,
  clauses: { 5: [clause] },
  control: publishes,
  packet: context => encode.publish(5, { topic: context.topic('x'), payload: 'x', properties }),
})

const propertyRows: readonly Row[] = [
  propertyRow('subscription-id', 'a Subscription Identifier in PUBLISH', '3.3.4-6', [['subscriptionId', 1]]),
  { ...propertyRow('alias-0', 'topic alias 0', '3.3.2-8', [['topicAlias', 0]]), needs: ['topic-alias'] },
  propertyRow('response-topic-wildcard', 'a Response Topic with a wildcard', '3.3.2-14', [
    ['responseTopic', 'a/#'],
  ]),
  propertyRow('foreign', 'a Will Delay Interval in PUBLISH', '4.13.1-1', [['willDelay', 1]]),
  propertyRow('expiry-twice', 'two Message Expiry Intervals', '4.13.1-1', [
    ['messageExpiry', 1],
    ['messageExpiry', 1],
  ]),
  propertyRow('content-type-twice', 'two Content Types', '4.13.1-1', [
    ['contentType', 'a'],
    ['contentType', 'a'],
  ]),
  propertyRow('response-topic-utf8', 'a Response Topic that is not UTF-8', '3.3.2-13', [
    ['responseTopic', badTexts.surrogate.bytes],
  ]),
  propertyRow('content-type-utf8', 'a Content Type that is not UTF-8', '3.3.2-19', [
    ['contentType', badTexts.surrogate.bytes],
  ]),
  {
    ...propertyRow('user-property-utf8', 'a User Property that is not UTF-8', '1.5.7-1', []),
    packet: context =>
      encode.frame(packetTypes.publish, 0, [
        sized(context.topic('x')),
        varint(3 + 4 + 1 + 0),
        Buffer.from([38]),
        sized(badTexts.surrogate.bytes.subarray(1)),
        sized(''),
      ]),
  },
  {
    ...propertyRow('unknown', 'an unknown property', '4.13.1-1', []),
    packet: context =>
      encode.frame(packetTypes.publish, 0, [sized(context.topic('x')), varint(2), Buffer.from([0x7f, 0])]),
  },
  {
    ...propertyRow('length', 'a Property Length beyond the packet', '4.13.1-1', []),
    packet: context =>
      encode.frame(packetTypes.publish, 0, [sized(context.topic('x')), varint(100), Buffer.from([1])]),
  },
  {
    id: 'error-alias-too-high',
    what: 'a topic alias above Topic Alias Maximum',
    clauses: { 5: ['4.13.1-1'] },
    control: publishes,
    packet: context =>
      encode.publish(5, {
        topic: context.topic('x'),
        properties: [['topicAlias', Math.min(context.capabilities.topicAliasMaximum + 1, 65_535)]],
      }),
  },
  {
    id: 'error-alias-unknown',
    what: 'an unknown topic alias without a topic',
    clauses: { 5: ['4.13.1-1'] },
    needs: ['topic-alias'],
    control: publishes,
    packet: () => encode.publish(5, { topic: '', properties: [['topicAlias', 1]] }),
  },
]

export const errors: readonly BrokerTest[] = [
  ...[...publishRows, ...filterRows, ...subscribeRows, ...headerRows, ...streamRows, ...propertyRows].map(
    row => refusesPacket({ ...row, title: `The connection ends: ${row.what}` }),
  ),
  {
    id: 'error-reconnect',
    title: 'A client that was cut off can connect again',
    clauses: both(),
    async run(context) {
      const clientId = context.newClientId()
      for (let count = 0; count < 5; count += 1) {
        const client = await context.connect({ clientId })
        await client.ping()
        await client.cut()
      }
      await (await context.connect({ clientId })).ping()
    },
  },
]
