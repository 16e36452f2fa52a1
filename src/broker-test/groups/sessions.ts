import { setTimeout as sleep } from 'node:timers/promises'
import { textOf } from '../../mqtt/decode.ts'
import type { Client, TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

interface Owner {
  clientId: string
  topic: string
  publisher: Client
  resume: (expirySeconds?: number) => Promise<Client>
}

/** A client that subscribes in a durable session and leaves. */
async function leave(
  context: TestContext,
  { expirySeconds = 120, qos = 2 as 0 | 1 | 2 } = {},
): Promise<Owner> {
  const clientId = context.newClientId()
  const topic = context.topic('offline')
  const client = await context.connectDurable(clientId, { expirySeconds })
  await client.subscribe(topic, { qos })
  await client.disconnect()
  const publisher = await context.connect()
  const resume = (seconds?: number): Promise<Client> =>
    context.connectDurable(clientId, seconds === undefined ? {} : { expirySeconds: seconds })
  return { clientId, topic, publisher, resume }
}

const requirePresent = ({ connack }: Client): void => {
  if (!connack.sessionPresent) throw fail('Session Present is 0 for a stored session')
}
const requireNew = ({ connack }: Client): void => {
  if (connack.sessionPresent) throw fail('Session Present is 1: an old session is still there')
}

const queued = (qos: 1 | 2): BrokerTest => ({
  id: `session-queue-qos-${qos}`,
  title: `Messages of QoS ${qos} wait for an offline session`,
  clauses: { 4: ['3.1.2-5', '4.5.0-1', '4.1.0-1'], 5: ['3.1.2-23', '4.5.0-1'] },
  needs: [qos === 1 ? 'qos1' : 'qos2'],
  async run(context) {
    const { topic, publisher, resume } = await leave(context)
    const expected = ['1', '2', '3', '4', '5']
    for (const payload of expected) await publisher.publish({ topic, payload, qos })
    const client = await resume()
    requirePresent(client)
    const received: string[] = []
    while (received.length < expected.length) {
      const { payload } = await client.receive()
      received.push(textOf(payload))
    }
    if (received.join() !== expected.join()) throw fail(`the order was ${received.join(' ')}`)
    await context.expectNoMessage(publisher, client, 'five messages were published')
  },
})

export const sessions: readonly BrokerTest[] = [
  {
    id: 'session-present',
    title: 'A stored session is resumed with Session Present 1',
    clauses: { 4: ['3.2.2-2', '3.1.2-4'], 5: ['3.2.2-3', '3.1.2-5', '3.1.2-23'] },
    async run(context) {
      const { resume } = await leave(context)
      requirePresent(await resume())
    },
  },
  {
    id: 'session-without-subscriptions',
    title: 'A session exists without subscriptions',
    clauses: { 4: ['3.2.2-2'], 5: ['3.2.2-3'] },
    async run(context) {
      const clientId = context.newClientId()
      await (await context.connectDurable(clientId)).disconnect()
      requirePresent(await context.connectDurable(clientId))
    },
  },
  {
    id: 'session-absent',
    title: 'An unknown client id gets a new session',
    clauses: { 4: ['3.2.2-3', '3.1.2-4'], 5: ['3.2.2-3', '3.1.2-6'] },
    async run(context) {
      const client = await context.connectDurable(context.newClientId())
      requireNew(client)
      await client.ping()
    },
  },
  {
    id: 'session-subscriptions',
    title: 'A resumed session has its subscriptions',
    clauses: { 4: ['3.1.2-4', '4.1.0-1'], 5: ['3.1.2-5'] },
    async run(context) {
      const { topic, publisher, resume } = await leave(context)
      const client = await resume()
      requirePresent(client)
      await publisher.publish({ topic })
      await client.receive()
    },
  },
  queued(1),
  queued(2),
  {
    id: 'session-unsubscribed',
    title: 'A removed subscription does not come back with the session',
    clauses: both('3.10.4-2'),
    needs: ['qos1'],
    async run(context) {
      const { topic, publisher, resume } = await leave(context)
      const client = await resume()
      await client.unsubscribe(topic)
      await client.disconnect()
      await publisher.publish({ topic, qos: 1 })
      const again = await resume()
      await context.expectNoMessage(publisher, again, 'the subscription was removed')
    },
  },
  {
    id: 'session-discarded',
    title: 'A clean start discards the session',
    clauses: { 4: ['3.1.2-6', '3.1.4-3'], 5: ['3.1.2-4', '3.1.4-4', '3.2.2-2'] },
    needs: ['qos1'],
    async run(context) {
      const { clientId, topic, publisher, resume } = await leave(context)
      await publisher.publish({ topic, qos: 1 })
      const clean = await context.connect({ clientId })
      requireNew(clean)
      await context.expectNoMessage(publisher, clean, 'the session was discarded')
      await clean.disconnect()
      const again = await resume()
      requireNew(again)
      await publisher.publish({ topic, qos: 1 })
      await context.expectNoMessage(publisher, again, 'its subscription was discarded')
    },
  },
  {
    id: 'session-clean-ends',
    title: 'A clean session ends with its connection',
    clauses: { 4: ['3.1.2-6'], 5: ['4.1.0-2'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await context.connect({ clientId })
      await first.subscribe(context.topic('clean'))
      await first.disconnect()
      requireNew(await context.connectDurable(clientId))
    },
  },
  {
    id: 'session-separate',
    title: 'Sessions of different clients are separate',
    clauses: both('3.1.3-2'),
    needs: ['qos1'],
    async run(context) {
      const { topic, publisher, resume } = await leave(context)
      await publisher.publish({ topic, qos: 1 })
      const other = await context.connectDurable(context.newClientId())
      requireNew(other)
      await context.expectNoMessage(publisher, other, 'it belongs to another session')
      await (await resume()).receive()
    },
  },
  {
    id: 'session-after-cut',
    title: 'A session survives a lost connection',
    clauses: { 4: ['3.1.2-5'], 5: ['3.1.2-23'] },
    needs: ['qos1'],
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('cut')
      const client = await context.connectDurable(clientId)
      await client.subscribe(topic, { qos: 1 })
      await client.cut()
      const publisher = await context.connect()
      await publisher.publish({ topic, qos: 1 })
      const again = await context.connectDurable(clientId)
      requirePresent(again)
      await again.receive()
    },
  },
  {
    id: 'session-clean-start-durable',
    title: 'Clean Start 1 with an expiry makes a durable session',
    clauses: { 5: ['3.1.2-4', '3.1.2-23'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await context.connectDurable(clientId, { clean: true })
      requireNew(first)
      await first.disconnect()
      requirePresent(await context.connectDurable(clientId))
    },
  },
  {
    id: 'session-expiry-0',
    title: 'Session Expiry 0 ends the session with the connection',
    clauses: { 5: ['4.1.0-2', '3.2.2-3'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await context.connectDurable(clientId, { expirySeconds: 0 })
      await first.disconnect()
      requireNew(await context.connectDurable(clientId, { expirySeconds: 0 }))
    },
  },
  {
    id: 'session-expiry-1',
    title: 'A session ends when its expiry has passed',
    clauses: { 5: ['4.1.0-2'] },
    waitsMs: 3_000,
    async run(context) {
      const { resume } = await leave(context, { expirySeconds: 1 })
      const control = await leave(context, { expirySeconds: 60 })
      await sleep(3_000)
      requirePresent(await control.resume())
      requireNew(await resume(1))
    },
  },
  {
    id: 'session-expiry-disconnect',
    title: 'DISCONNECT can shorten the Session Expiry Interval',
    clauses: { 5: ['4.1.0-2'] },
    async run(context) {
      const clientId = context.newClientId()
      const client = await context.connectDurable(clientId)
      await client.disconnect(0, [['sessionExpiry', 0]])
      requireNew(await context.connectDurable(clientId))
    },
  },
  {
    id: 'session-open',
    title: 'A session outlives its expiry while it is connected',
    clauses: { 5: ['4.1.0-1'] },
    waitsMs: 2_000,
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('open')
      const client = await context.connectDurable(clientId, { expirySeconds: 1 })
      await client.subscribe(topic, { qos: 0 })
      await sleep(2_000)
      const publisher = await context.connect()
      await publisher.publish({ topic })
      await client.receive()
    },
  },
]
