import { sized, uint16, varint } from '../../mqtt/bytes.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes } from '../../mqtt/packet.ts'
import type { Properties } from '../../mqtt/properties.ts'
import { both } from '../refusal.ts'
import { type ErrorRow, publishes } from './error-row.ts'
import { badTexts } from './malformed-connect.ts'

const publishRows: readonly ErrorRow[] = [
  ...[
    ['hash', 'test/#'],
    ['plus', 'test/+'],
    ['only-hash', '#'],
  ].map(
    ([name, topic = '']): ErrorRow => ({
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
  ...Object.entries(badTexts).map(([slug, { what, bytes }]): ErrorRow => {
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

/** A PUBLISH whose only fault is in its properties. */
const propertyRow = (name: string, what: string, clause: string, properties: Properties): ErrorRow => ({
  id: `error-property-${name}`,
  what,
  clauses: { 5: clause === '4.13.1-1' ? [clause] : [clause, '4.13.1-1'] },
  control: publishes,
  packet: context => encode.publish(5, { topic: context.topic('x'), payload: 'x', properties }),
})

const propertyRows: readonly ErrorRow[] = [
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

export const publishErrors: readonly ErrorRow[] = [...publishRows, ...propertyRows]
