import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

/** A plain subscriber, and a durable publisher of one message. */
interface Sending {
  publisher: Client
  subscriber: Client
  topic: string
  message: (dup: boolean) => Buffer
  /** Reconnect the publisher to its session. */
  resume: () => Promise<Client>
}

const id = 42

async function sending(context: TestContext): Promise<Sending> {
  const topic = context.topic('once')
  const subscriber = await context.connect()
  await subscriber.subscribe(topic, { qos: 0 })
  const clientId = context.newClientId()
  const publisher = await context.connectDurable(clientId)
  const message = (dup: boolean): Buffer =>
    encode.publish(context.version, { topic, payload: 'once', qos: 2, id, dup })
  const resume = (): Promise<Client> => context.connectDurable(clientId)
  return { publisher, subscriber, topic, message, resume }
}

const release = encode.ack('pubrel', id)

/** The publisher completes the exchange, and exactly `count` messages have arrived. */
async function complete(
  context: TestContext,
  client: Client,
  { subscriber, topic }: Sending,
  count = 1,
): Promise<void> {
  await client.send(release)
  await client.answer('pubcomp', id)
  for (let arrived = 0; arrived < count; arrived += 1) {
    const { topic: arrivedOn, payload } = await subscriber.receive()
    if (arrivedOn !== topic || textOf(payload) !== 'once')
      throw fail(`the message arrived on ${arrivedOn || 'no topic'}, with the payload "${textOf(payload)}"`)
  }
  await context.expectNoMessage(
    client,
    subscriber,
    `${count === 1 ? 'one message was' : `${count} messages were`} published`,
  )
}

/** The first half of the exchange: the broker has the message, and does not deliver it yet. */
async function begin({ publisher, message }: Sending): Promise<void> {
  await publisher.send(message(false))
  await publisher.answer('pubrec', id)
}

/** The whole exchange on a new connection, after which `count` messages have arrived. */
async function deliver(context: TestContext, parts: Sending, { dup = true, count = 1 } = {}): Promise<void> {
  const resumed = await parts.resume()
  await resumed.send(parts.message(dup))
  await resumed.answer('pubrec', id)
  await complete(context, resumed, parts, count)
}

interface SendingRow {
  id: string
  title: string
  clauses: BrokerTest['clauses']
  walk: (context: TestContext, parts: Sending) => Promise<void>
}

const sendingRows: readonly SendingRow[] = [
  {
    id: 'sent-publish-twice',
    title: 'A repeated PUBLISH before PUBREL is one message',
    clauses: { 4: ['4.3.3-2'], 5: ['4.3.3-10'] },
    async walk(context, parts) {
      const { publisher, message } = parts
      await publisher.send(message(false))
      await publisher.answer('pubrec', id)
      await publisher.send(message(true))
      await publisher.answer('pubrec', id)
      await complete(context, publisher, parts)
    },
  },
  {
    id: 'sent-cut-in-publish',
    title: 'A client cut off within PUBLISH delivers once',
    clauses: { 4: ['4.3.3-2'], 5: ['4.3.3-10'] },
    async walk(context, parts) {
      const bytes = parts.message(false)
      await parts.publisher.send(bytes.subarray(0, bytes.length >> 1))
      await parts.publisher.cut()
      // The client cannot know that the broker has not read it.
      await deliver(context, parts)
    },
  },
  {
    id: 'sent-cut-after-publish',
    title: 'A client cut off after PUBLISH delivers once',
    clauses: { 4: ['4.3.3-2'], 5: ['4.3.3-10'] },
    async walk(context, parts) {
      await parts.publisher.send(parts.message(false))
      await parts.publisher.cut()
      await deliver(context, parts)
    },
  },
  {
    id: 'sent-cut-after-pubrec',
    title: 'A client cut off after PUBREC delivers once',
    clauses: { 4: ['4.3.3-2', '4.1.0-1'], 5: ['4.3.3-10'] },
    async walk(context, parts) {
      await begin(parts)
      await parts.publisher.cut()
      await deliver(context, parts)
    },
  },
  {
    id: 'sent-release-after-cut',
    title: 'PUBREL on a new connection releases the message',
    clauses: { 4: ['4.3.3-2', '4.1.0-1'], 5: ['4.3.3-11'] },
    async walk(context, parts) {
      await begin(parts)
      await parts.publisher.cut()
      await complete(context, await parts.resume(), parts)
    },
  },
  {
    id: 'sent-cut-after-pubrel',
    title: 'A client cut off after PUBREL delivers once',
    clauses: { 4: ['4.3.3-2'], 5: ['4.3.3-11'] },
    async walk(context, parts) {
      await begin(parts)
      await parts.publisher.send(release)
      // It shows that the broker has the PUBREL, which a cut at once may take with it.
      await parts.publisher.answer('pubcomp', id)
      await parts.publisher.cut()
      await complete(context, await parts.resume(), parts)
    },
  },
  {
    id: 'sent-again-after-pubcomp',
    title: 'After PUBCOMP the same identifier is a new message',
    clauses: { 4: ['4.3.3-2'], 5: ['4.3.3-12'] },
    async walk(context, parts) {
      await begin(parts)
      await parts.publisher.send(release)
      await parts.publisher.answer('pubcomp', id)
      await parts.publisher.cut()
      await deliver(context, parts, { dup: false, count: 2 })
    },
  },
]

export const onceSent: readonly BrokerTest[] = sendingRows.map(
  ({ walk, ...row }): BrokerTest => ({
    ...row,
    id: `once-${row.id}`,
    needs: ['qos2'],
    run: async context => walk(context, await sending(context)),
  }),
)
