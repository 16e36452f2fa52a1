import type { Packet } from '../../mqtt/decode.ts'
import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip, Verdict, warn } from '../verdict.ts'

const isPublish = ({ type }: Packet): boolean => type === 'publish'

/** A subscriber that accepts so many unacknowledged messages, with ten waiting for it. */
async function slow(
  context: TestContext,
  receiveMaximum: number,
  qos: 1 | 2,
): Promise<{ client: Client; publisher: Client }> {
  const client = await context.connect({ properties: [['receiveMaximum', receiveMaximum]] })
  const topic = context.topic('slow')
  await client.subscribe(topic, { qos })
  const publisher = await context.connect()
  for (let index = 0; index < 10; index += 1) await publisher.publish({ topic, payload: `${index}`, qos })
  return { client, publisher }
}

async function waitFor(client: Client, count: number): Promise<void> {
  for (let tries = 0; tries < 60 && client.waiting.filter(isPublish).length < count; tries += 1)
    await client.pause(50)
  // One more would arrive now.
  await client.ping()
  await client.pause(100)
}

const respects = (receiveMaximum: number, qos: 1 | 2): BrokerTest => ({
  id: `receive-maximum-${receiveMaximum}-qos-${qos}`,
  title: `At most ${receiveMaximum} messages of QoS ${qos} wait for their acknowledgment`,
  clauses: { 5: ['3.3.4-9', '4.9.0-1', '4.9.0-2', '4.9.0-3', '3.3.4-10'] },
  needs: [qos === 1 ? 'qos1' : 'qos2'],
  async run(context) {
    const { client } = await slow(context, receiveMaximum, qos)
    await waitFor(client, receiveMaximum)
    const { length } = client.waiting.filter(isPublish)
    // It may send fewer: one at a time, for example.
    if (length > receiveMaximum)
      throw fail(`${length} messages arrived, and the client accepts ${receiveMaximum}`)
    for (let index = 0; index < 10; ) {
      const arrived = [await client.expect('publish')]
      while (client.waiting.some(isPublish)) arrived.push(await client.expect('publish'))
      for (const { payload } of arrived) {
        if (textOf(payload) !== `${index}`)
          throw fail(`message ${textOf(payload)} arrived instead of ${index}`)
        index += 1
      }
      await acknowledgeTogether(client, arrived)
    }
  },
})

/** In one write for each step, so that the broker reads the acknowledgments together. The linter counts what follows. */
async function acknowledgeTogether(client: Client, messages: readonly Packet[]): Promise<void> {
  const ids = messages.map(({ id = 0 }) => id)
  const sendAll = (type: 'puback' | 'pubrec' | 'pubcomp') =>
    client.send(...ids.map(id => encode.ack(type, id)))
  if (messages[0]?.qos === 1) return await sendAll('puback')
  await sendAll('pubrec')
  for (const id of ids) await client.answer('pubrel', id)
  await sendAll('pubcomp')
}

/** A client that accepts so few bytes in a packet; some brokers announce so much that their CONNACK is larger. */
const connectSmall = (
  context: TestContext,
  bytes: number,
  clientId = context.newClientId(),
): Promise<Client> =>
  context.connect({ clientId, properties: [['maximumPacketSize', bytes]] }).catch(error => {
    throw error instanceof Verdict ? skip(`no CONNACK of ${bytes} bytes: ${error.message}`) : error
  })

export const flowControl: readonly BrokerTest[] = [
  respects(1, 1),
  respects(3, 1),
  respects(1, 2),
  respects(3, 2),
  {
    id: 'receive-maximum-qos-0',
    title: 'Without quota other packets are answered',
    clauses: { 5: ['3.3.4-10', '4.9.0-3'] },
    needs: ['qos1'],
    async run(context) {
      const { client, publisher } = await slow(context, 1, 1)
      await waitFor(client, 1)
      const topic = context.topic('quick')
      await client.subscribe(topic, { qos: 0 })
      await publisher.publish({ topic })
      // Section 4.9 leaves QoS 0 to the broker.
      if (!(await client.find('publish', packet => packet.topic === topic)))
        throw warn('messages of QoS 0 wait, too, for a client without quota')
    },
  },
  {
    id: 'receive-maximum-of-broker',
    title: 'The announced Receive Maximum can be used fully',
    clauses: { 5: ['4.3.3-8'] },
    needs: ['qos2'],
    async run(context) {
      // More would only take longer.
      const count = Math.min(context.capabilities.receiveMaximum, 100)
      const client = await context.connect()
      for (let id = 1; id <= count; id += 1)
        await client.send(encode.publish(5, { topic: context.topic('quota'), qos: 2, id }))
      for (let id = 1; id <= count; id += 1) {
        const { reason = 0 } = await client.answer('pubrec', id)
        if (reason >= 0x80) throw warn(`message ${id} of ${count} was refused with 0x${reason.toString(16)}`)
      }
      for (let id = 1; id <= count; id += 1) {
        await client.send(encode.ack('pubrel', id))
        await client.answer('pubcomp', id)
      }
    },
  },
  {
    id: 'packet-size-of-client',
    title: 'A message too large for its subscriber is left out',
    clauses: { 5: ['3.1.2-24', '3.1.2-25'] },
    needs: ['qos1'],
    async run(context) {
      const client = await context.connect({ properties: [['maximumPacketSize', 200]] })
      const other = await context.connect()
      const topic = context.topic('size')
      for (const subscriber of [client, other]) await subscriber.subscribe(topic, { qos: 1 })
      const publisher = await context.connect()
      for (const payload of ['small', 'L'.repeat(1_000), 'next'])
        await publisher.publish({ topic, payload, qos: 1 })
      for (let count = 0; count < 3; count += 1) await other.receive()
      for (const expected of ['small', 'next']) {
        const { payload } = await client.receive()
        if (textOf(payload) !== expected)
          throw fail(`a message of ${payload?.length} bytes arrived instead of "${expected}"`)
      }
    },
  },
  {
    id: 'packet-size-small',
    title: 'Answers fit a small Maximum Packet Size',
    clauses: { 5: ['3.1.2-24', '4.3.2-4', '4.3.3-8'] },
    needs: ['qos2'],
    async run(context) {
      // The linter holds each answer against this limit; a Reason String or User Property would exceed it.
      const client = await connectSmall(context, 20)
      const topic = `${context.topic('nobody')}/${'long'.repeat(120)}`
      await client.publish({ topic, qos: 1 })
      await client.publish({ topic, qos: 2 })
      await client.subscribe(topic, { qos: 2 })
      await client.unsubscribe(topic)
      await client.unsubscribe(topic)
      await client.send(encode.ack('pubrel', 4_000))
      await client.find('pubcomp', undefined, 1_000)
      await client.ping()
    },
  },
  {
    id: 'packet-size-small-delivery',
    title: 'Deliveries of QoS 2 fit a small Maximum Packet Size',
    clauses: { 5: ['3.1.2-24'] },
    needs: ['qos2'],
    async run(context) {
      const client = await connectSmall(context, 60)
      const topic = context.topic('s')
      await client.subscribe(topic, { qos: 2 })
      const publisher = await context.connect()
      await publisher.publish({ topic, payload: 'small', qos: 2 })
      await client.receive()
    },
  },
  {
    id: 'packet-size-small-disconnect',
    title: 'A DISCONNECT of the broker fits a small Maximum Packet Size',
    clauses: { 5: ['3.1.2-24', '3.14.4-2', '4.13.2-1'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await connectSmall(context, 20, clientId)
      await connectSmall(context, 20, clientId)
      await first.expectClosed('the take-over of its client id')
      const wrong = await connectSmall(context, 20)
      await wrong.send(encode.publish(5, { topic: context.topic('x'), qos: 3, id: 1 }))
      await wrong.expectClosed('a PUBLISH with QoS 3')
    },
  },
  {
    id: 'packet-size-of-broker',
    title: 'A packet above the announced Maximum Packet Size is refused',
    clauses: { 5: ['4.13.1-1'] },
    needs: ['packet-limit'],
    async run(context) {
      const { maximumPacketSize = 0 } = context.capabilities
      const topic = context.topic('size')
      const header =
        encode.publish(5, { topic, payload: Buffer.alloc(maximumPacketSize) }).length - maximumPacketSize
      const [client, subscriber] = [await context.connect(), await context.connect()]
      await subscriber.subscribe(topic, { qos: 0 })
      await client.publish({ topic, payload: Buffer.alloc(maximumPacketSize - header) })
      await subscriber.receive()
      await client.publish({ topic, payload: Buffer.alloc(maximumPacketSize + 1) })
      if (await client.closes()) return
      throw warn('the broker accepted a packet that is larger than it announced')
    },
  },
]
