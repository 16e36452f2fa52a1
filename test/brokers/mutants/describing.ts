import * as encode from '../../../src/mqtt/encode.ts'
import type { PropertyName } from '../../../src/mqtt/properties.ts'
import { acks, connacks, connects, messages, type Row, toBroker, toClient, without } from './change.ts'

const reason = (length: number): [PropertyName, string] => ['reasonString', 'x'.repeat(length)]

const property = (fault: string, name: PropertyName, killer: string): Row => [
  fault,
  toClient(messages(({ properties }) => ({ properties: without(properties, name) }))),
  killer,
  /^property-content-type$/,
]

/** A Reason String in each answer of this type, which makes it larger than some clients accept. */
const explains = (type: 'puback' | 'pubrec' | 'pubcomp' | 'suback' | 'unsuback' | 'disconnect'): Row => {
  const change = (fields: { id: number; reasons: number[]; code: number }): Buffer =>
    type === 'suback' || type === 'unsuback'
      ? encode.subscriptionAck(5, type, { ...fields, properties: [reason(80)] })
      : type === 'disconnect'
        ? encode.goodbye('disconnect', fields.code, [reason(80)])
        : encode.ack(type, fields.id, fields.code, [reason(80)])
  return [
    `explains each ${type.toUpperCase()}, however large it becomes`,
    toClient((packet, version) => {
      const { id = 0, reasons = [], reason: code = 0, bytes } = packet
      return [packet.type === type && version === 5 ? change({ id, reasons, code }) : bytes]
    }),
    `frame-size-${type}`,
    /^packet-size-small|^frame-problem-info$/,
  ]
}

export const describing: Row[] = [
  property('forgets the Content Type', 'contentType', 'property-content-type'),
  property('forgets the Response Topic', 'responseTopic', 'property-response-topic'),
  property('forgets Correlation Data', 'correlationData', 'property-correlation-data'),
  property('forgets the Payload Format Indicator', 'payloadFormat', 'property-payload-format-1'),
  property('forgets User Properties', 'userProperty', 'property-user-properties'),
  [
    'sorts User Properties',
    toClient(messages(({ properties }) => ({ properties: properties.toReversed() }))),
    'property-user-properties',
  ],
  [
    'doubles properties',
    toClient(
      messages(({ properties }) => ({
        properties: properties.flatMap(each => (each[0] === 'contentType' ? [each, each] : [each])),
      })),
    ),
    'frame-properties',
    /^property-content-type/,
  ],
  [
    'delivers properties of other packets',
    toClient(
      messages(({ properties, topic: name = '' }) => ({
        properties: name.endsWith('/round-trip') ? [['willDelay', 1]] : properties,
      })),
    ),
    'frame-properties',
  ],
  [
    'does not count the Message Expiry Interval down',
    toClient(
      messages(({ properties }) => ({
        properties: properties.map(each => (each[0] === 'messageExpiry' ? ['messageExpiry', 100] : each)),
      })),
    ),
    'expiry-counts-down',
  ],
  [
    'delivers expired messages',
    toBroker(messages(({ properties }) => ({ properties: without(properties, 'messageExpiry') }))),
    'expiry-passed-queued',
  ],
  [
    'forwards topic aliases',
    toClient(
      messages(({ properties, topic: name = '' }) => ({
        properties: name.endsWith('/alias') ? [...properties, ['topicAlias', 1]] : properties,
      })),
    ),
    'alias-not-forwarded',
    /^frame-alias$/,
  ],
  [
    'sends an alias that it never explained',
    toClient(
      messages(({ topic: name = '', properties }) =>
        name.endsWith('/alias/b') ? { topic: '', properties: [...properties, ['topicAlias', 2]] } : {},
      ),
    ),
    'frame-alias',
    /^alias-of-broker$/,
  ],
  [
    'loses messages with an alias',
    toBroker(messages(({ topic: name }) => (name === '' ? 'drop' : {}))),
    'alias-used',
  ],
  [
    'explains although the client does not want it',
    toClient(
      acks('puback', ({ id = 0, bytes }, version) => [
        version === 5 ? encode.ack('puback', id, 0, [reason(1)]) : bytes,
      ]),
    ),
    'frame-problem-info',
    /^frame-size-/,
  ],
  [
    'sends Response Information without request',
    toClient(connacks(({ properties }) => ({ properties: [...properties, ['responseInfo', 'r']] }))),
    'response-info-0',
    /^frame-response-info$/,
  ],
  [
    'ignores Receive Maximum',
    toBroker(connects(({ properties }) => ({ properties: without(properties, 'receiveMaximum') }))),
    'receive-maximum-1-qos-1',
    /^frame-receive-maximum$/,
  ],
  [
    'ignores Maximum Packet Size',
    toBroker(connects(({ properties }) => ({ properties: without(properties, 'maximumPacketSize') }))),
    'packet-size-of-client',
    /^frame-size-publish$/,
  ],
  ...(['puback', 'pubrec', 'pubcomp', 'suback', 'unsuback', 'disconnect'] as const).map(explains),
  [
    'goes on after DISCONNECT',
    toClient(packet =>
      packet.type === 'disconnect' ? [packet.bytes, Buffer.from('d000', 'hex')] : [packet.bytes],
    ),
    'frame-after-disconnect',
    /^packet-size-small-disconnect$/,
  ],
]
