import type { Packet } from '../../mqtt/decode.ts'
import { textOf } from '../../mqtt/decode.ts'
import type { Qos } from '../../mqtt/packet.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

interface Shelf {
  publisher: Client
  topic: string
  /** Publish with RETAIN, and wait until the broker has handled it. */
  keep: (payload: string, qos?: Qos) => Promise<void>
  /** A new subscriber of the topic. */
  look: () => Promise<Client>
}

async function shelf(context: TestContext): Promise<Shelf> {
  const publisher = await context.connect()
  const topic = context.topic('shelf')
  return {
    publisher,
    topic,
    async keep(payload, qos = 0) {
      await publisher.publish({ topic, payload, qos, retain: true })
      await publisher.ping()
    },
    async look() {
      const subscriber = await context.connect()
      await subscriber.subscribe(topic)
      return subscriber
    },
  }
}

function requireRetained({ retain, payload }: Packet, expected: string): void {
  if (textOf(payload) !== expected) throw fail(`the retained message is ${JSON.stringify(textOf(payload))}`)
  if (!retain) throw fail('RETAIN is 0 in a retained message for a new subscription')
}

const keepAndLook = (qos: Qos): BrokerTest => ({
  id: `retained-qos-${qos}`,
  title: `A new subscriber gets the retained message of QoS ${qos}`,
  clauses: { 4: ['3.3.1-5', '3.3.1-6', '3.3.1-8'], 5: ['3.3.1-5', '3.3.1-9'] },
  needs: ['retain', ...(qos === 0 ? [] : [qos === 1 ? ('qos1' as const) : ('qos2' as const)])],
  async run(context) {
    const { keep, look } = await shelf(context)
    await keep('kept', qos)
    const message = await (await look()).receive()
    requireRetained(message, 'kept')
    if (message.qos > qos) throw fail(`it arrived with QoS ${message.qos}`)
  },
})

export const retained: readonly BrokerTest[] = [
  ...([0, 1, 2] as const).map(keepAndLook),
  {
    id: 'retained-replaced',
    title: 'A new retained message replaces the old one',
    clauses: { 4: ['3.3.1-5', '3.3.1-7'], 5: ['3.3.1-5'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, publisher } = await shelf(context)
      await keep('old')
      await keep('new')
      const subscriber = await look()
      requireRetained(await subscriber.receive(), 'new')
      await context.expectNoMessage(publisher, subscriber, 'a topic has one retained message')
    },
  },
  {
    id: 'retained-removed',
    title: 'An empty payload removes the retained message',
    clauses: { 4: ['3.3.1-10', '3.3.1-11'], 5: ['3.3.1-6', '3.3.1-7'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, publisher } = await shelf(context)
      await keep('kept')
      requireRetained(await (await look()).receive(), 'kept')
      await keep('')
      await context.expectNoMessage(publisher, await look(), 'the retained message was removed')
    },
  },
  {
    id: 'retained-empty-delivered',
    title: 'An empty retained message still reaches subscribers',
    clauses: { 4: ['3.3.1-10'], 5: ['3.3.1-6'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look } = await shelf(context)
      const subscriber = await look()
      await keep('')
      const { payload } = await subscriber.receive()
      if (payload?.length !== 0) throw fail('it arrived with a payload')
    },
  },
  {
    id: 'retained-live',
    title: 'RETAIN is 0 for subscriptions that already exist',
    clauses: { 4: ['3.3.1-9'], 5: ['3.3.1-12'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look } = await shelf(context)
      const subscriber = await look()
      await keep('live')
      if ((await subscriber.receive()).retain) throw fail('RETAIN is 1')
    },
  },
  {
    id: 'retained-not-replaced',
    title: 'A message without RETAIN keeps the retained one',
    clauses: { 4: ['3.3.1-12'], 5: ['3.3.1-8'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, publisher, topic } = await shelf(context)
      await keep('kept')
      await publisher.publish({ topic, payload: 'passing' })
      await publisher.publish({ topic })
      await publisher.ping()
      requireRetained(await (await look()).receive(), 'kept')
    },
  },
  {
    id: 'retained-not-stored',
    title: 'A message without RETAIN is not stored',
    clauses: { 4: ['3.3.1-12'], 5: ['3.3.1-8'] },
    async run(context) {
      const { look, publisher, topic } = await shelf(context)
      const control = await look()
      await publisher.publish({ topic, payload: 'passing' })
      await control.receive()
      await context.expectNoMessage(publisher, await look(), 'nothing was retained')
    },
  },
  {
    id: 'retained-resubscribed',
    title: 'Subscribing again sends the retained message again',
    clauses: { 4: ['3.8.4-3'], 5: ['3.8.4-4', '3.3.1-9'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, topic } = await shelf(context)
      await keep('kept')
      const subscriber = await look()
      requireRetained(await subscriber.receive(), 'kept')
      await subscriber.subscribe(topic)
      requireRetained(await subscriber.receive(), 'kept')
    },
  },
  {
    id: 'retained-wildcard',
    title: 'A wildcard subscription gets all retained messages below it',
    clauses: { 4: ['3.3.1-6'], 5: ['3.3.1-9'] },
    needs: ['retain', 'wildcards'],
    async run(context) {
      const publisher = await context.connect()
      const topics = ['a', 'b', 'c/d'].map(name => context.topic(`tree/${name}`))
      for (const topic of topics) await publisher.publish({ topic, payload: 'kept', retain: true })
      await publisher.ping()
      const subscriber = await context.connect()
      await subscriber.subscribe(context.topic('tree/#'))
      const received: string[] = []
      while (received.length < topics.length) received.push((await subscriber.receive()).topic ?? '')
      if (received.toSorted().join() !== topics.join()) throw fail(`it received ${received.join(', ')}`)
    },
  },
  {
    id: 'retained-after-session',
    title: 'Retained messages outlive the session of their publisher',
    clauses: { 4: ['3.1.2-7'], 5: [] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, publisher } = await shelf(context)
      await keep('kept')
      await publisher.disconnect()
      requireRetained(await (await look()).receive(), 'kept')
    },
  },
  {
    id: 'retained-as-published',
    title: 'Retain As Published keeps RETAIN',
    clauses: { 5: ['3.3.1-13'] },
    needs: ['retain'],
    async run(context) {
      const { keep, publisher, topic } = await shelf(context)
      const subscriber = await context.connect()
      await subscriber.subscribe([{ filter: topic, qos: 0, retainAsPublished: true }])
      await keep('live')
      if (!(await subscriber.receive()).retain) throw fail('RETAIN is 0')
      await publisher.publish({ topic, payload: 'passing' })
      const passing = await subscriber.receive(({ payload }) => textOf(payload) === 'passing')
      if (passing.retain) throw fail('RETAIN is 1 in a message published without it')
    },
  },
  {
    id: 'retained-handling-0',
    title: 'Retain Handling 0 sends retained messages every time',
    clauses: { 5: ['3.3.1-9'] },
    needs: ['retain'],
    async run(context) {
      const { keep, topic } = await shelf(context)
      await keep('kept')
      const subscriber = await context.connect()
      for (let count = 0; count < 2; count += 1) {
        await subscriber.subscribe([{ filter: topic, qos: 0, retainHandling: 0 }])
        requireRetained(await subscriber.receive(), 'kept')
      }
    },
  },
  {
    id: 'retained-handling-1',
    title: 'Retain Handling 1 sends them to new subscriptions only',
    clauses: { 5: ['3.3.1-10'] },
    needs: ['retain'],
    async run(context) {
      const { keep, topic, publisher } = await shelf(context)
      await keep('kept')
      const subscriber = await context.connect()
      const subscribe = () => subscriber.subscribe([{ filter: topic, qos: 0, retainHandling: 1 }])
      await subscribe()
      requireRetained(await subscriber.receive(), 'kept')
      await subscribe()
      await context.expectNoMessage(publisher, subscriber, 'the subscription already existed')
    },
  },
  {
    id: 'retained-handling-2',
    title: 'Retain Handling 2 sends no retained messages',
    clauses: { 5: ['3.3.1-11'] },
    needs: ['retain'],
    async run(context) {
      const { keep, look, topic, publisher } = await shelf(context)
      await keep('kept')
      requireRetained(await (await look()).receive(), 'kept')
      const subscriber = await context.connect()
      await subscriber.subscribe([{ filter: topic, qos: 0, retainHandling: 2 }])
      await context.expectNoMessage(publisher, subscriber, 'Retain Handling is 2')
    },
  },
  {
    id: 'retained-unavailable',
    title: 'A will with RETAIN is refused without retained messages',
    clauses: { 5: ['3.2.2-13'] },
    needs: ['no-retain'],
    async run(context) {
      const will = { topic: context.topic('will'), payload: 'gone' }
      await context.connect({ will })
      const client = await context.open()
      await client.send(context.connectPacket({ will: { ...will, retain: true } }))
      const connack = await client.find('connack')
      if (connack?.reason === 0) throw fail('the broker accepted a will with RETAIN')
      await client.expectClosed('a will with RETAIN')
    },
  },
]
