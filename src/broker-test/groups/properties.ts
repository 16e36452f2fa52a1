import { setTimeout as sleep } from 'node:timers/promises'
import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import {
  numberIn,
  type Properties,
  type PropertyName,
  type PropertyValue,
  valuesIn,
} from '../../mqtt/properties.ts'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive, skip } from '../verdict.ts'

interface Passed {
  id: string
  what: string
  clauses: string[]
  name: PropertyName
  values: readonly PropertyValue[]
}

const passed: readonly Passed[] = [
  {
    id: 'user-properties',
    what: 'User Properties, in their order',
    clauses: ['3.3.2-17', '3.3.2-18'],
    name: 'userProperty',
    values: [
      ['b', '1'],
      ['a', '2'],
      ['b', '1'],
      ['', ''],
      ['größe', '温度'],
    ],
  },
  {
    id: 'content-type',
    what: 'the Content Type',
    clauses: ['3.3.2-20', '3.3.2-19'],
    name: 'contentType',
    values: ['application/json; charset=utf-8'],
  },
  {
    id: 'response-topic',
    what: 'the Response Topic',
    clauses: ['3.3.2-15', '3.3.2-13'],
    name: 'responseTopic',
    values: ['edgekit/response'],
  },
  {
    id: 'correlation-data',
    what: 'Correlation Data',
    clauses: ['3.3.2-16'],
    name: 'correlationData',
    values: [Buffer.from([0, 255, 1, 128])],
  },
  {
    id: 'payload-format-0',
    what: 'Payload Format Indicator 0',
    clauses: ['3.3.2-4'],
    name: 'payloadFormat',
    values: [0],
  },
  {
    id: 'payload-format-1',
    what: 'Payload Format Indicator 1',
    clauses: ['3.3.2-4'],
    name: 'payloadFormat',
    values: [1],
  },
]

/** Values of one property, comparable. */
const shown = (values: readonly PropertyValue[]): string =>
  values
    .map(value => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)))
    .join('; ')

const isPassedOn = ({ id, what, clauses, name, values }: Passed): BrokerTest[] =>
  (['live', 'retained'] as const).map(
    (how): BrokerTest => ({
      id: `property-${id}${how === 'live' ? '' : '-retained'}`,
      title: `${what} ${values.length > 1 ? 'are' : 'is'} delivered unchanged${how === 'live' ? '' : ' with a retained message'}`,
      clauses: { 5: clauses },
      needs: how === 'live' ? [] : ['retain'],
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('property')
        const properties: Properties = values.map(value => [name, value])
        if (how === 'live') await subscriber.subscribe(topic, { qos: 0 })
        await publisher.publish({ topic, payload: 'text', retain: how === 'retained', properties })
        await publisher.ping()
        if (how === 'retained') await subscriber.subscribe(topic, { qos: 0 })
        const message = await subscriber.receive()
        const found = valuesIn(message.properties, name)
        // Without the indicator a payload is of unspecified bytes, as with 0 (section 3.3.2.3.2).
        if (id === 'payload-format-0' && found.length === 0) return
        if (shown(found) !== shown(values)) throw fail(`${shown(values)} became ${shown(found) || 'nothing'}`)
      },
    }),
  )

export const properties: readonly BrokerTest[] = [
  ...passed.flatMap(isPassedOn),
  {
    id: 'expiry-counts-down',
    title: 'The Message Expiry Interval shrinks while a message waits',
    clauses: { 5: ['3.3.2-6'] },
    needs: ['retain'],
    waitsMs: 2_500,
    async run(context) {
      const publisher = await context.connect()
      const topic = context.topic('expiry')
      await publisher.publish({ topic, payload: 'kept', retain: true, properties: [['messageExpiry', 100]] })
      await publisher.ping()
      await sleep(2_500)
      const subscriber = await context.connect()
      await subscriber.subscribe(topic, { qos: 0 })
      const left = numberIn((await subscriber.receive()).properties, 'messageExpiry')
      // Brokers count in whole seconds.
      if (left === undefined || left > 98 || left < 90)
        throw fail(`${left ?? 'none'} of 100 s are left after 2.5 s`)
    },
  },
  {
    id: 'expiry-passed-queued',
    title: 'An expired message is not delivered to a session that returns',
    clauses: { 5: ['3.3.2-5'] },
    needs: ['qos1'],
    waitsMs: 2_500,
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('expiry')
      const first = await context.connectDurable(clientId)
      await first.subscribe(topic, { qos: 1 })
      await first.disconnect()
      const publisher = await context.connect()
      await publisher.publish({ topic, payload: 'short', qos: 1, properties: [['messageExpiry', 1]] })
      await publisher.publish({ topic, payload: 'long', qos: 1, properties: [['messageExpiry', 100]] })
      await sleep(2_500)
      const again = await context.connectDurable(clientId)
      const { payload } = await again.receive()
      if (textOf(payload) !== 'long') throw fail('a message arrived 1.5 s after it had expired')
    },
  },
  {
    id: 'expiry-passed-retained',
    title: 'An expired retained message is not delivered',
    clauses: { 5: ['3.3.2-5'] },
    needs: ['retain'],
    waitsMs: 3_500,
    async run(context) {
      const publisher = await context.connect()
      const topic = context.topic('expiry')
      const control = await context.connect()
      await publisher.publish({ topic, payload: 'short', retain: true, properties: [['messageExpiry', 2]] })
      await control.subscribe(topic, { qos: 0 })
      if (!(await control.find('publish', undefined, 2_000)))
        throw inconclusive('the retained message did not arrive before it expired')
      await sleep(3_500)
      const subscriber = await context.connect()
      await subscriber.subscribe(topic, { qos: 0 })
      await context.expectNoMessage(publisher, subscriber, 'the retained message has expired')
    },
  },
  {
    id: 'alias-used',
    title: 'A topic alias stands for its topic',
    clauses: { 5: ['3.3.2-12'] },
    needs: ['topic-alias'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const alias = context.capabilities.topicAliasMaximum
      const topics = [context.topic('one'), context.topic('two')]
      for (const topic of topics) await subscriber.subscribe(topic, { qos: 0 })
      for (const topic of topics) {
        // The second one replaces the first.
        await publisher.publish({ topic, properties: [['topicAlias', alias]] })
        await publisher.publish({ topic: '', payload: 'alias', properties: [['topicAlias', alias]] })
        for (let count = 0; count < 2; count += 1) {
          const received = await subscriber.receive()
          if (received.topic !== topic)
            throw fail(`a message on ${topic} arrived on ${received.topic || 'no topic'}`)
        }
      }
    },
  },
  {
    id: 'alias-forgotten',
    title: 'A topic alias ends with its connection',
    clauses: { 5: ['3.3.2-7'] },
    needs: ['topic-alias'],
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('alias')
      const first = await context.connectDurable(clientId)
      await first.publish({ topic, properties: [['topicAlias', 1]] })
      await first.publish({ topic: '', properties: [['topicAlias', 1]] })
      await first.ping()
      await first.cut()
      const second = await context.connectDurable(clientId)
      await second.send(encode.publish(5, { topic: '', properties: [['topicAlias', 1]] }))
      await second.expectClosed('an alias of an earlier connection')
    },
  },
  {
    id: 'alias-not-forwarded',
    title: 'The alias of a publisher is not forwarded',
    clauses: { 5: ['3.1.2-27', '3.3.2-11'] },
    needs: ['topic-alias'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('alias')
      await subscriber.subscribe(topic, { qos: 0 })
      await publisher.publish({ topic, properties: [['topicAlias', 1]] })
      const received = await subscriber.receive()
      if (numberIn(received.properties, 'topicAlias') !== undefined)
        throw fail('a subscriber that accepts no aliases received one')
    },
  },
  {
    id: 'alias-of-broker',
    title: 'The broker uses only aliases that the client accepts',
    clauses: { 5: ['3.1.2-26', '3.3.2-11'] },
    async run(context) {
      const publisher = await context.connect()
      const subscriber = await context.connect({ properties: [['topicAliasMaximum', 2]] })
      const topics = ['a', 'b', 'c', 'a', 'b', 'c'].map(name => context.topic(`alias/${name}`))
      for (const topic of new Set(topics)) await subscriber.subscribe(topic, { qos: 0 })
      for (const topic of topics) await publisher.publish({ topic })
      for (const topic of topics) {
        // The linter holds each alias against the limit.
        const received = await subscriber.receive()
        if (received.topic !== '' && received.topic !== topic)
          throw fail(`${topic} arrived on ${received.topic}`)
      }
    },
  },
  {
    id: 'problem-info-0',
    title: 'Without Request Problem Information no reasons are explained',
    clauses: { 5: ['3.1.2-29'] },
    needs: ['qos2'],
    async run(context) {
      const client = await context.connect({ properties: [['requestProblemInfo', 0]] })
      await client.publish({ topic: context.topic('nobody'), qos: 1 })
      await client.publish({ topic: context.topic('nobody'), qos: 2 })
      await client.subscribe(context.topic('a'), { qos: 0 })
      await client.unsubscribe(context.topic('never'))
      // The linter reads each answer.
      await client.ping()
    },
  },
  {
    id: 'response-info-0',
    title: 'Response Information comes only on request',
    clauses: { 5: ['3.1.2-28'] },
    async run(context) {
      const { connack } = await context.connect({ properties: [['requestResponseInfo', 0]] })
      if (connack.properties.some(([name]) => name === 'responseInfo'))
        throw fail('CONNACK has Response Information')
    },
  },
  {
    id: 'expiry-after-publish',
    title: 'Expiry does not interrupt a QoS 2 delivery',
    clauses: { 5: ['4.3.3-7'] },
    needs: ['qos2'],
    waitsMs: 2_500,
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('expiry')
      const client = await context.connectDurable(clientId)
      await client.subscribe(topic, { qos: 2 })
      const publisher = await context.connect()
      const released: number[] = []
      for (const seconds of [100, 1]) {
        await publisher.publish({ topic, payload: 'once', qos: 2, properties: [['messageExpiry', seconds]] })
        const message = await client.find('publish')
        if (!message) throw skip('the broker delivers one message of QoS 2 at a time, which it may')
        const { id = 0 } = message
        await client.send(encode.ack('pubrec', id))
        await client.answer('pubrel', id)
        released.push(id)
      }
      const [control = 0, expired = 0] = released
      await client.cut()
      await sleep(2_500)
      const again = await context.connectDurable(clientId)
      if (!(await again.find('pubrel', ({ id }) => id === control)))
        throw inconclusive('the broker did not resend the PUBREL of a message that has not expired')
      await again.answer('pubrel', expired)
      for (const id of released) await again.send(encode.ack('pubcomp', id))
      await again.ping()
    },
  },
  {
    id: 'expiry-received-publish',
    title: 'Expiry does not interrupt the receipt of a QoS 2 message',
    clauses: { 5: ['4.3.3-13'] },
    needs: ['qos2'],
    waitsMs: 2_500,
    async run(context) {
      const publisher = await context.connect()
      const message = { topic: context.topic('expiry'), payload: 'x', qos: 2, id: 9 }
      await publisher.send(encode.publish(5, { ...message, properties: [['messageExpiry', 1]] }))
      await publisher.answer('pubrec', 9)
      await sleep(2_500)
      await publisher.send(encode.ack('pubrel', 9))
      await publisher.answer('pubcomp', 9)
    },
  },
]
