import { randomBytes } from 'node:crypto'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip, Verdict, warn } from '../verdict.ts'

const payloadOf = (id: string, name: string, bytes: number): BrokerTest => ({
  id: `limit-payload-${id}`,
  title: `A payload of ${name} is delivered unchanged`,
  clauses: both(),
  async run(context) {
    const { maximumPacketSize = Number.POSITIVE_INFINITY } = context.capabilities
    if (bytes + 200 > maximumPacketSize)
      throw skip(`the broker announced a Maximum Packet Size of ${maximumPacketSize}`)
    const [publisher, subscriber] = [await context.connect(), await context.connect()]
    const topic = context.topic('payload')
    await subscriber.subscribe(topic, { qos: 0 })
    const payload = randomBytes(bytes)
    await publisher.publish({ topic, payload })
    const message = await subscriber.find('publish')
    // A limit is no fault, but its users must know it.
    if (!message)
      throw warn(publisher.isClosed ? 'the broker closed the connection' : 'the message did not arrive')
    if (!message.payload?.equals(payload)) throw fail('the payload has changed')
  },
})

/** Subscribe, where a refusal is a limit. */
const subscribe = (client: Client, filter: string): Promise<unknown> =>
  client.subscribe(filter, { qos: 0 }).catch(error => {
    throw error instanceof Verdict ? warn(error.message) : error
  })

/** Requires that a new client can still subscribe. */
async function requireSubscribes(context: TestContext): Promise<void> {
  const client = await context.connect()
  await client.subscribe(context.topic('afterwards'), { qos: 0 }).catch(error => {
    throw error instanceof Verdict ? fail(`afterwards no client can subscribe: ${error.message}`) : error
  })
}

export const limits: readonly BrokerTest[] = [
  payloadOf('127', '127 bytes', 127),
  payloadOf('16k', '16 KiB', 16_384),
  payloadOf('256k', '256 KiB', 262_144),
  payloadOf('1m', '1 MiB', 1_048_576),
  {
    id: 'limit-topic-levels',
    title: 'A topic of 100 levels is delivered',
    clauses: both(),
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic(Array.from({ length: 98 }, (_, level) => level).join('/'))
      await subscribe(subscriber, topic)
      await publisher.publish({ topic })
      if (!(await subscriber.find('publish'))) throw warn('the message did not arrive')
    },
  },
  {
    id: 'limit-topic-length',
    title: 'A topic of 1024 bytes is delivered',
    clauses: both(),
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('x'.repeat(1_024)).slice(0, 1_024)
      await subscribe(subscriber, topic)
      await publisher.publish({ topic })
      if (!(await subscriber.find('publish'))) throw warn('the message did not arrive')
    },
  },
  {
    id: 'limit-topic-longest',
    title: 'A topic of 65535 bytes is delivered or refused',
    clauses: both(),
    isLast: true,
    note: 'A topic may have 65535 bytes (MQTT 5, section 4.7.3); a broker that cannot handle one must not fail its other clients.',
    async run(context) {
      const { maximumPacketSize = Number.POSITIVE_INFINITY } = context.capabilities
      if (maximumPacketSize < 65_600)
        throw skip(`the broker announced a Maximum Packet Size of ${maximumPacketSize}`)
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const prefix = context.topic('')
      const topic = `${prefix}${'x'.repeat(65_535 - prefix.length)}`
      await subscriber.subscribe(context.topic('+'), { qos: 0 })
      await publisher.publish({ topic })
      // The broker has handled the message when it answers, or has closed the connection.
      await publisher.send(encode.pingreq())
      await publisher.find('pingresp')
      const message = await subscriber.find('publish')
      if (message && message.topic !== topic) throw fail('the topic was shortened')
      await requireSubscribes(context)
      if (!message)
        throw warn(publisher.isClosed ? 'the broker closed the connection' : 'the message did not arrive')
    },
  },
  {
    id: 'limit-client-id',
    title: 'A client id of 256 characters is accepted',
    clauses: both(),
    async run(context) {
      const client = await context.open()
      const clientId = `${context.newClientId()}${'x'.repeat(256)}`.slice(0, 256)
      await client.send(context.connectPacket({ clientId }))
      const connack = await client.find('connack')
      if (connack?.reason === 0) return
      await client.expectClosed('a client id that it rejects')
      throw warn('the broker rejects it, which it may')
    },
  },
  {
    id: 'limit-subscriptions',
    title: 'A SUBSCRIBE with 100 filters is accepted',
    clauses: both('3.8.4-5'),
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const filters = Array.from({ length: 100 }, (_, index) => ({
        filter: context.topic(`f${index}`),
        qos: 0 as const,
      }))
      await subscriber.subscribe(filters)
      await publisher.publish({ topic: context.topic('f99') })
      await subscriber.receive()
    },
  },
]
