import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { fail, warn } from '../verdict.ts'

const messages = 30

/** What each client has received so far, in the order of their arrival. */
const payloadsOf = (client: Client, topic: string): string[] =>
  client.waiting.flatMap(packet =>
    packet.type === 'publish' && packet.topic === topic ? [textOf(packet.payload)] : [],
  )

async function members(context: TestContext, filter: string, count: number): Promise<Client[]> {
  const clients: Client[] = []
  for (let index = 0; index < count; index += 1) {
    const client = await context.connect()
    await client.subscribe(filter, { qos: 0 })
    clients.push(client)
  }
  return clients
}

async function send(context: TestContext, topic: string, receivers: readonly Client[]): Promise<string[]> {
  const publisher = await context.connect()
  const sent = Array.from({ length: messages }, (_, index) => `${index}`)
  for (const payload of sent) await publisher.publish({ topic, payload })
  for (const receiver of receivers) await context.settle(publisher, receiver)
  return sent
}

/** Each message must have reached exactly one of them. */
function requireOnce(clients: readonly Client[], topic: string, sent: readonly string[]): number[] {
  const received = clients.map(client => payloadsOf(client, topic))
  const all = received.flat().toSorted((one, other) => Number(one) - Number(other))
  if (all.join() !== sent.join())
    throw fail(
      `${sent.length} messages were published, and the group received ${all.length}, ${new Set(all).size} of them different`,
    )
  return received.map(({ length }) => length)
}

export const shared: readonly BrokerTest[] = [
  {
    id: 'shared-once',
    title: 'A group gets each message once, spread over its members',
    clauses: { 5: ['4.8.2-1'] },
    needs: ['shared'],
    async run(context) {
      const topic = context.topic('jobs')
      const group = await members(context, `$share/edgekit/${topic}`, 3)
      const counts = requireOnce(group, topic, await send(context, topic, group))
      if (counts.some(count => count === 0)) throw warn(`the members received ${counts.join(', ')} messages`)
    },
  },
  {
    id: 'shared-groups',
    title: 'Two groups each get every message',
    clauses: { 5: ['4.8.2-1'] },
    needs: ['shared'],
    async run(context) {
      const topic = context.topic('jobs')
      const one = await members(context, `$share/one/${topic}`, 2)
      const other = await members(context, `$share/other/${topic}`, 2)
      const sent = await send(context, topic, [...one, ...other])
      requireOnce(one, topic, sent)
      requireOnce(other, topic, sent)
    },
  },
  {
    id: 'shared-and-plain',
    title: 'Plain subscribers get every message beside a group',
    clauses: { 5: ['4.8.2-1', '4.5.0-1'] },
    needs: ['shared'],
    async run(context) {
      const topic = context.topic('jobs')
      const group = await members(context, `$share/edgekit/${topic}`, 2)
      const plain = await members(context, topic, 1)
      const sent = await send(context, topic, [...group, ...plain])
      requireOnce(group, topic, sent)
      requireOnce(plain, topic, sent)
    },
  },
  {
    id: 'shared-both',
    title: 'A client with a shared and a plain subscription gets both',
    clauses: { 5: ['3.8.4-3'] },
    needs: ['shared'],
    async run(context) {
      const topic = context.topic('jobs')
      const client = await context.connect()
      await client.subscribe(topic, { qos: 0 })
      await client.subscribe(`$share/edgekit/${topic}`, { qos: 0 })
      const publisher = await context.connect()
      await publisher.publish({ topic })
      await context.settle(publisher, client)
      const { length } = payloadsOf(client, topic)
      if (length === 0) throw fail('no copy arrived: the shared subscription replaced the plain one')
      if (length > 2) throw fail(`${length} copies arrived`)
    },
  },
  {
    id: 'shared-wildcard',
    title: 'A shared subscription can have wildcards',
    clauses: { 5: ['4.8.2-2'] },
    needs: ['shared', 'wildcards'],
    async run(context) {
      const topic = context.topic('jobs/a')
      const group = await members(context, `$share/edgekit/${context.topic('jobs')}/+`, 2)
      requireOnce(group, topic, await send(context, topic, group))
    },
  },
  {
    id: 'shared-qos',
    title: 'Each member gets messages with its granted QoS',
    clauses: { 5: ['4.8.2-3'] },
    needs: ['shared', 'qos2'],
    async run(context) {
      const topic = context.topic('jobs')
      for (const qos of [0, 1, 2] as const) {
        const [publisher, member] = [await context.connect(), await context.connect()]
        await member.subscribe(`$share/edgekit${qos}/${topic}${qos}`, { qos })
        await publisher.publish({ topic: `${topic}${qos}`, qos: 2 })
        const received = await member.receive()
        if (received.qos !== qos) throw fail(`QoS ${received.qos} arrived, and QoS ${qos} was granted`)
      }
    },
  },
  {
    id: 'shared-unsubscribed',
    title: 'A member that leaves gets no more messages',
    clauses: { 5: ['3.10.4-1', '3.10.4-2'] },
    needs: ['shared'],
    async run(context) {
      const topic = context.topic('jobs')
      const filter = `$share/edgekit/${topic}`
      const [left, ...stayed] = await members(context, filter, 3)
      if (!left) return
      await left.unsubscribe(filter)
      requireOnce(stayed, topic, await send(context, topic, [left, ...stayed]))
      if (payloadsOf(left, topic).length > 0) throw fail('the member that left still received messages')
    },
  },
  {
    id: 'shared-resumed',
    title: 'A message in delivery waits for its member',
    clauses: { 5: ['4.8.2-4'] },
    needs: ['shared', 'qos2'],
    async run(context) {
      const topic = context.topic('jobs')
      const clientId = context.newClientId()
      const member = await context.connectDurable(clientId)
      await member.subscribe(`$share/edgekit/${topic}`, { qos: 2 })
      const publisher = await context.connect()
      await publisher.publish({ topic, payload: 'job', qos: 2 })
      const first = await member.expect('publish')
      await member.cut()
      const resumed = await context.connectDurable(clientId)
      const again = await resumed.receive()
      if (again.id !== first.id) throw fail(`it came with identifier ${again.id}, not ${first.id}`)
    },
  },
  {
    id: 'shared-session-ended',
    title: 'A message in delivery ends with the session of its member',
    clauses: { 5: ['4.8.2-5'] },
    needs: ['shared', 'qos2'],
    async run(context) {
      const topic = context.topic('jobs')
      const filter = `$share/edgekit/${topic}`
      const clientId = context.newClientId()
      const member = await context.connectDurable(clientId)
      await member.subscribe(filter, { qos: 2 })
      const publisher = await context.connect()
      await publisher.publish({ topic, payload: 'job', qos: 2 })
      await member.expect('publish')
      const [other] = await members(context, filter, 1)
      await member.cut()
      await context.endSession(clientId)
      if (other)
        await context.expectNoMessage(publisher, other, 'the message belonged to a session that has ended')
    },
  },
  {
    id: 'shared-refused-message',
    title: 'A message that a member refuses goes to no other',
    clauses: { 5: ['4.8.2-6'] },
    needs: ['shared', 'qos1'],
    async run(context) {
      const topic = context.topic('jobs')
      const filter = `$share/edgekit/${topic}`
      const group = [await context.connect(), await context.connect()]
      for (const member of group) await member.subscribe(filter, { qos: 1 })
      const publisher = await context.connect()
      await publisher.publish({ topic, qos: 1 })
      for (const member of group) await context.settle(publisher, member)
      const taker = group.find(member => member.waiting.some(({ type }) => type === 'publish'))
      const other = group.find(member => member !== taker)
      if (!taker || !other) throw fail('no member received the message')
      const message = await taker.expect('publish')
      await taker.send(encode.ack('puback', message.id ?? 0, 0x80))
      await taker.ping()
      await context.expectNoMessage(publisher, other, 'the message was refused by another member')
    },
  },
]
