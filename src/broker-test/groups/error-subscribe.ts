import { sized, uint16 } from '../../mqtt/bytes.ts'
import * as encode from '../../mqtt/encode.ts'
import { packetTypes } from '../../mqtt/packet.ts'
import type { Client, TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import { type ErrorRow, noProperties } from './error-row.ts'
import { badTexts } from './malformed-connect.ts'

const subscribes = async (context: TestContext, client: Client): Promise<void> => {
  await client.subscribe(context.topic('control'), { qos: 0 })
}

const filterRows: readonly ErrorRow[] = [
  ...(
    [
      ['hash-middle', 'a/#/b', { 4: ['4.7.1-2'], 5: ['4.7.1-1'] }],
      ['hash-glued', 'a/b#', { 4: ['4.7.1-2'], 5: ['4.7.1-1'] }],
      ['plus-glued', 'a+/b', { 4: ['4.7.1-3'], 5: ['4.7.1-2'] }],
      ['plus-before', '+a/b', { 4: ['4.7.1-3'], 5: ['4.7.1-2'] }],
    ] as const
  ).map(
    ([name, filter, clauses]): ErrorRow => ({
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
    ([name, filter, clause]): ErrorRow => ({
      id: `error-share-${name}`,
      what: `a SUBSCRIBE to ${filter}`,
      clauses: { 5: [clause, '4.13.1-1'] },
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
    clauses: { 5: ['3.8.3-4', '4.13.1-1'] },
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

const subscribeRows: readonly ErrorRow[] = [
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

export const subscribeErrors: readonly ErrorRow[] = [...filterRows, ...subscribeRows]
