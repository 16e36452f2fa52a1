import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import { valuesIn } from '../../mqtt/properties.ts'
import { describeReason } from '../../mqtt/reasons.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

export const subscribe: readonly BrokerTest[] = [
  {
    id: 'subscribe-acknowledged',
    title: 'SUBSCRIBE is answered with its identifier',
    clauses: both('3.8.4-1', '3.8.4-2'),
    async run(context) {
      const client = await context.connect()
      await client.send(encode.subscribe(context.version, 4711, [{ filter: context.topic('a'), qos: 0 }]))
      await client.answer('suback', 4711)
    },
  },
  {
    id: 'subscribe-several',
    title: 'Each topic filter gets its code, in order',
    clauses: { 4: ['3.8.4-4', '3.8.4-5', '3.9.3-1'], 5: ['3.8.4-5', '3.8.4-6', '3.8.4-7', '3.9.3-1'] },
    needs: ['qos2'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const wanted = ([2, 0, 1, 2, 1] as const).map((qos, index) => ({
        filter: context.topic(`f${index}`),
        qos,
      }))
      const granted = await subscriber.subscribe(wanted)
      if (granted.join() !== wanted.map(({ qos }) => qos).join())
        throw fail(`the codes are ${granted.join(', ')}, for QoS ${wanted.map(({ qos }) => qos).join(', ')}`)
      for (const { filter } of wanted) await publisher.publish({ topic: filter })
      for (const { filter } of wanted) await subscriber.receive(({ topic }) => topic === filter)
    },
  },
  {
    id: 'subscribe-replaced',
    title: 'The same filter replaces the subscription',
    clauses: both('3.8.4-3'),
    needs: ['qos1'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('replaced')
      await subscriber.subscribe(topic, { qos: 0 })
      await subscriber.subscribe(topic, { qos: 1 })
      await publisher.publish({ topic, qos: 1 })
      const { qos } = await subscriber.receive()
      if (qos !== 1) throw fail(`the message arrived with QoS ${qos}: the old subscription is still there`)
      await context.expectNoMessage(publisher, subscriber, 'there is one subscription')
    },
  },
  {
    id: 'subscribe-maximum-qos',
    title: 'SUBSCRIBE with QoS 2 is accepted by a broker of lower QoS',
    clauses: { 5: ['3.2.2-10', '3.2.2-9'] },
    needs: ['qos-limit'],
    async run(context) {
      const client = await context.connect()
      for (const qos of [0, 1, 2] as const) {
        const id = client.nextId()
        await client.send(encode.subscribe(5, id, [{ filter: context.topic(`q${qos}`), qos }]))
        const { reasons: [reason = 0x80] = [] } = await client.answer('suback', id)
        if (reason >= 0x80) throw fail(`QoS ${qos} was refused: ${describeReason(reason, 'suback', 5)}`)
        if (reason > context.capabilities.maximumQos) throw fail(`QoS ${reason} was granted`)
      }
    },
  },
  {
    id: 'unsubscribe-acknowledged',
    title: 'UNSUBSCRIBE is answered, and no message follows',
    clauses: { 4: ['3.10.4-2', '3.10.4-4'], 5: ['3.10.4-2', '3.10.4-4', '3.10.4-5'] },
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('gone')
      await subscriber.subscribe(topic, { qos: 0 })
      await publisher.publish({ topic })
      await subscriber.receive()
      await subscriber.unsubscribe(topic)
      await publisher.publish({ topic })
      await context.expectNoMessage(publisher, subscriber, 'the subscription was removed')
    },
  },
  {
    id: 'unsubscribe-unknown',
    title: 'UNSUBSCRIBE of an unknown filter is answered',
    clauses: both('3.10.4-5'),
    async run(context) {
      const client = await context.connect()
      await client.unsubscribe(context.topic('never'))
    },
  },
  {
    id: 'unsubscribe-several',
    title: 'UNSUBSCRIBE removes each of its filters',
    clauses: { 4: ['3.10.4-6'], 5: ['3.10.4-6', '3.11.3-1', '3.11.3-2'] },
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topics = ['a', 'b', 'c'].map(name => context.topic(name))
      const [first = '', second = '', third = ''] = topics
      await subscriber.subscribe([first, second, third].map(filter => ({ filter, qos: 0 as const })))
      const { reasons = [] } = await subscriber.unsubscribe(first, context.topic('never'), third)
      if (context.version === 5 && (reasons.length !== 3 || reasons[0] !== 0 || reasons[2] !== 0))
        throw fail(`the codes are ${reasons.join(', ')}, and must be 0, 17, 0`)
      for (const topic of topics) await publisher.publish({ topic })
      await subscriber.receive(({ topic }) => topic === second)
      await context.expectNoMessage(publisher, subscriber, 'the other subscriptions were removed')
    },
  },
  ...([1, 2] as const).map(
    (qos): BrokerTest => ({
      id: `unsubscribe-in-flight-qos-${qos}`,
      title: `UNSUBSCRIBE completes a delivery of QoS ${qos} in progress`,
      clauses: both('3.10.4-3'),
      needs: [qos === 1 ? 'qos1' : 'qos2'],
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('flight')
        await subscriber.subscribe(topic, { qos })
        await publisher.publish({ topic, qos })
        const message = await subscriber.expect('publish')
        await subscriber.unsubscribe(topic)
        await subscriber.acknowledge(message)
        await subscriber.ping()
      },
    }),
  ),
  {
    id: 'subscribe-no-local',
    title: 'No Local keeps own messages away',
    clauses: { 5: ['3.8.3-3'] },
    async run(context) {
      const [client, other] = [await context.connect(), await context.connect()]
      const topic = context.topic('local')
      await client.subscribe([{ filter: topic, qos: 0, noLocal: true }])
      await client.publish({ topic, payload: 'own' })
      await other.publish({ topic, payload: 'foreign' })
      const { payload } = await client.receive()
      if (textOf(payload) !== 'foreign') throw fail('the client received its own message')
      await context.expectNoMessage(other, client, 'No Local is set')
    },
  },
  {
    id: 'subscribe-identifier',
    title: 'Messages have the identifier of their subscription',
    clauses: { 5: ['3.3.4-3', '3.3.4-5'] },
    needs: ['subscription-ids'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      for (const id of [1, 268_435_455]) {
        const topic = context.topic(`id${id}`)
        await subscriber.subscribe(topic, { qos: 0, properties: [['subscriptionId', id]] })
        await publisher.publish({ topic })
        const ids = valuesIn((await subscriber.receive()).properties, 'subscriptionId')
        if (ids.join() !== `${id}`)
          throw fail(`the subscription identifiers are ${ids.join(', ') || 'missing'}`)
      }
    },
  },
  {
    id: 'subscribe-identifier-overlap',
    title: 'Overlapping subscriptions deliver all their identifiers',
    clauses: { 5: ['3.3.4-3', '3.3.4-4', '3.3.4-5'] },
    needs: ['subscription-ids', 'wildcards'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('overlap/x')
      await subscriber.subscribe(context.topic('overlap/#'), { qos: 0, properties: [['subscriptionId', 11]] })
      await subscriber.subscribe(context.topic('overlap/+'), { qos: 0, properties: [['subscriptionId', 22]] })
      await publisher.publish({ topic })
      await context.settle(publisher, subscriber)
      const copies = subscriber.waiting.filter(({ type }) => type === 'publish')
      const ids = copies.flatMap(({ properties }) => valuesIn(properties, 'subscriptionId'))
      if (ids.map(String).toSorted().join() !== '11,22')
        throw fail(`the subscription identifiers are ${ids.join(', ') || 'missing'}`)
    },
  },
  {
    id: 'subscribe-identifier-removed',
    title: 'A subscription without identifier replaces one with it',
    clauses: { 5: ['3.8.4-3'] },
    needs: ['subscription-ids'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('id')
      await subscriber.subscribe(topic, { qos: 0, properties: [['subscriptionId', 5]] })
      await subscriber.subscribe(topic, { qos: 0 })
      await publisher.publish({ topic })
      const ids = valuesIn((await subscriber.receive()).properties, 'subscriptionId')
      if (ids.length > 0) throw fail(`the old subscription identifier ${ids.join(', ')} is still there`)
    },
  },
]
