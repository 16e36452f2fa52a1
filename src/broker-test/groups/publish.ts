import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, Verdict, warn } from '../verdict.ts'

/** Topics that a broker must deliver unchanged (MQTT 5, section 4.7.3). */
const names = [
  { id: 'space', what: 'a space', name: 'room 1/temp' },
  { id: 'slash-first', what: 'an empty first level', name: '/room' },
  { id: 'slash-last', what: 'an empty last level', name: 'room/' },
  { id: 'slash-double', what: 'an empty level', name: 'room//temp' },
  { id: 'unicode', what: 'characters of four bytes', name: 'raum/Größe/温度/🌡' },
  { id: 'bom', what: 'U+FEFF', name: '\ufeffroom/\ufeff' },
  { id: 'decomposed', what: 'decomposed characters', name: 'e\u0301/\u212b' },
  { id: 'dollar', what: 'a dollar sign inside', name: 'a$b/$c' },
] as const

const payloads = [
  { id: 'empty', what: 'no bytes', payload: Buffer.alloc(0) },
  {
    id: 'binary',
    what: 'all byte values',
    payload: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  },
  { id: 'null', what: 'null characters', payload: Buffer.alloc(10) },
  { id: 'invalid-utf8', what: 'bytes that are not UTF-8', payload: Buffer.from([0xff, 0xfe, 0xc0]) },
] as const

export const publish: readonly BrokerTest[] = [
  {
    id: 'publish-round-trip',
    title: 'A message reaches its subscriber',
    clauses: { 4: ['4.5.0-1', '4.1.0-2'], 5: ['4.5.0-1'] },
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('round-trip')
      await subscriber.subscribe(topic)
      await publisher.publish({ topic, payload: 'edgekit' })
      const message = await subscriber.receive()
      if (message.topic !== topic || message.payload?.toString() !== 'edgekit')
        throw fail('topic or payload have changed')
    },
  },
  {
    id: 'publish-to-self',
    title: 'A client receives what it publishes itself',
    clauses: { 4: [], 5: [] },
    async run(context) {
      const client = await context.connect()
      const topic = context.topic('self')
      await client.subscribe(topic)
      await client.publish({ topic })
      await client.receive()
    },
  },
  {
    id: 'publish-several-subscribers',
    title: 'Each subscriber gets its own copy',
    clauses: both('4.5.0-1'),
    needs: ['qos2'],
    async run(context) {
      const publisher = await context.connect()
      const topic = context.topic('copies')
      const subscribers = [await context.connect(), await context.connect(), await context.connect()]
      for (const subscriber of subscribers) await subscriber.subscribe(topic)
      await publisher.publish({ topic, qos: 2 })
      for (const subscriber of subscribers) {
        await subscriber.receive()
        await context.expectNoMessage(publisher, subscriber, 'one message was published')
      }
    },
  },
  {
    id: 'publish-case',
    title: 'Topics are compared with case and without normalization',
    clauses: both('4.7.3-4'),
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const [wanted, others] = [context.topic('Room/\u00e9'), ['room/\u00e9', 'Room/e\u0301', 'Room/\u00e9/']]
      await subscriber.subscribe(wanted)
      for (const other of others) await publisher.publish({ topic: context.topic(other) })
      await publisher.publish({ topic: wanted })
      const { topic } = await subscriber.receive()
      if (topic !== wanted) throw fail(`a subscription to ${wanted} received ${topic}`)
    },
  },
  ...names.map(
    ({ id, what, name }): BrokerTest => ({
      id: `publish-topic-${id}`,
      title: `A topic with ${what} is delivered unchanged`,
      clauses: id === 'bom' ? { 4: ['1.5.3-3'], 5: ['1.5.4-3'] } : both('4.7.3-4'),
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic(name)
        await subscriber.subscribe(topic).catch(error => {
          throw error instanceof Verdict ? warn(`topics with ${what}: ${error.message}`) : error
        })
        await publisher.publish({ topic })
        const received = await subscriber.receive()
        if (received.topic !== topic) throw fail(`the topic became ${received.topic}`)
      },
    }),
  ),
  ...payloads.map(
    ({ id, what, payload }): BrokerTest => ({
      id: `publish-payload-${id}`,
      title: `A payload of ${what} is delivered unchanged`,
      // A Packet Identifier would be read as payload.
      clauses: { 4: ['2.3.1-5'], 5: ['2.2.1-2', '4.2-1'] },
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('payload')
        await subscriber.subscribe(topic)
        await publisher.publish({ topic, payload })
        const received = await subscriber.receive()
        if (!received.payload?.equals(payload)) throw fail('the payload has changed')
      },
    }),
  ),
]
