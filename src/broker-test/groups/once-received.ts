import type { Packet } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Client, TestContext } from '../context.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip } from '../verdict.ts'

/** A durable subscriber, and a message of this QoS that has just reached it. */
interface Receiving {
  subscriber: Client
  first: Packet
  resume: () => Promise<Client>
}

async function receiving(context: TestContext, qos: 1 | 2): Promise<Receiving> {
  const topic = context.topic('inbox')
  const clientId = context.newClientId()
  const subscriber = await context.connectDurable(clientId)
  await subscriber.subscribe(topic, { qos })
  const publisher = await context.connect()
  await publisher.publish({ topic, payload: 'once', qos })
  const first = await subscriber.expect('publish')
  if (first.qos !== qos) throw fail(`the message arrived with QoS ${first.qos}`)
  const resume = async (): Promise<Client> => {
    const client = await context.connectDurable(clientId)
    if (!client.connack.sessionPresent) throw fail('Session Present is 0 for a stored session')
    return client
  }
  return { subscriber, first, resume }
}

async function expectResent(context: TestContext, client: Client, first: Packet): Promise<void> {
  const again = await context.expectAgain(client, 'publish')
  if (again.id !== first.id) throw fail(`the message was resent with identifier ${again.id}, not ${first.id}`)
  if (!again.dup) throw fail('the message was resent without DUP')
  await client.acknowledge(again)
}

/** Nothing more comes: the exchange is complete. */
async function expectQuiet(context: TestContext, client: Client): Promise<void> {
  await context.expectNoMessage(await context.connect(), client, 'the message was acknowledged')
  const release = client.waiting.find(({ type }) => type === 'pubrel')
  if (release) throw fail(`a PUBREL for identifier ${release.id} came after its PUBCOMP`)
}

const receivingRows: readonly (Omit<BrokerTest, 'run' | 'needs'> & {
  qos: 1 | 2
  walk: (context: TestContext, parts: Receiving & { id: number }) => Promise<void>
})[] = [
  {
    id: 'received-qos-1-cut-after-publish',
    title: 'QoS 1 is resent with DUP after a cut',
    clauses: { 4: ['4.4.0-1', '3.3.1-1', '4.3.2-1'], 5: ['4.4.0-1', '3.3.1-1', '4.3.2-3'] },
    qos: 1,
    async walk(context, { subscriber, first, resume }) {
      await subscriber.cut()
      const resumed = await resume()
      await expectResent(context, resumed, first)
      await expectQuiet(context, resumed)
    },
  },
  {
    id: 'received-qos-1-cut-after-puback',
    title: 'QoS 1 is not resent after PUBACK',
    clauses: { 4: ['4.3.2-1'], 5: ['4.3.2-3'] },
    qos: 1,
    async walk(context, { subscriber, first, resume }) {
      await subscriber.acknowledge(first)
      await subscriber.ping()
      await subscriber.cut()
      await expectQuiet(context, await resume())
    },
  },
  {
    id: 'received-cut-after-publish',
    title: 'QoS 2 is resent with DUP after a cut',
    clauses: { 4: ['4.4.0-1', '3.3.1-1', '4.3.3-1'], 5: ['4.4.0-1', '3.3.1-1', '4.3.3-3'] },
    qos: 2,
    async walk(context, { subscriber, first, resume }) {
      await subscriber.cut()
      const resumed = await resume()
      await expectResent(context, resumed, first)
      await expectQuiet(context, resumed)
    },
  },
  {
    id: 'received-cut-after-pubrec',
    title: 'After PUBREC only PUBREL is resent',
    clauses: { 4: ['4.4.0-1', '4.3.3-1'], 5: ['4.4.0-1', '4.3.3-4', '4.3.3-5', '4.3.3-6'] },
    qos: 2,
    async walk(context, { subscriber, id, resume }) {
      await subscriber.send(encode.ack('pubrec', id))
      // It shows that the broker has the PUBREC.
      await subscriber.answer('pubrel', id)
      await subscriber.cut()
      const resumed = await resume()
      await context.expectAgain(resumed, 'pubrel', packet => packet.id === id)
      await resumed.send(encode.ack('pubcomp', id))
      await expectQuiet(context, resumed)
    },
  },
  {
    id: 'received-cut-after-pubcomp',
    title: 'After PUBCOMP nothing is resent',
    clauses: { 4: ['4.3.3-1'], 5: ['4.3.3-5'] },
    qos: 2,
    async walk(context, { subscriber, first, resume }) {
      await subscriber.acknowledge(first)
      await subscriber.ping()
      await subscriber.cut()
      await expectQuiet(context, await resume())
    },
  },
]

export const onceReceived: readonly BrokerTest[] = [
  ...receivingRows.map(
    ({ walk, qos, ...row }): BrokerTest => ({
      ...row,
      id: `once-${row.id}`,
      needs: qos === 1 ? ['qos1'] : ['qos2'],
      async run(context) {
        const parts = await receiving(context, qos)
        await walk(context, { ...parts, id: parts.first.id ?? 0 })
      },
    }),
  ),
  {
    id: 'once-received-several-released',
    title: 'Several PUBRELs are resent, each with its identifier',
    clauses: { 4: ['4.4.0-1', '4.3.3-1'], 5: ['4.4.0-1', '4.3.3-5'] },
    needs: ['qos2'],
    async run(context) {
      const { subscriber, first, resume } = await receiving(context, 2)
      const publisher = await context.connect()
      const messages = [first]
      for (let count = 1; count < 3; count += 1) {
        await publisher.publish({ topic: first.topic ?? '', payload: 'once', qos: 2 })
        const message = await subscriber.find('publish')
        if (!message) throw skip('the broker delivers one message of QoS 2 at a time, which it may')
        messages.push(message)
      }
      for (const { id = 0 } of messages) {
        await subscriber.send(encode.ack('pubrec', id))
        await subscriber.answer('pubrel', id)
      }
      await subscriber.cut()
      const resumed = await resume()
      for (const { id = 0 } of messages) {
        await context.expectAgain(resumed, 'pubrel', packet => packet.id === id)
        await resumed.send(encode.ack('pubcomp', id))
      }
      await expectQuiet(context, resumed)
    },
  },
  ...([1, 2] as const).map(
    (qos): BrokerTest => ({
      id: `once-refused-qos-${qos}`,
      title: `A message refused with ${qos === 1 ? 'PUBACK' : 'PUBREC'} 0x80 is not resent`,
      clauses: { 5: ['4.4.0-2'] },
      needs: [qos === 1 ? 'qos1' : 'qos2'],
      async run(context) {
        const { subscriber, first, resume } = await receiving(context, qos)
        await subscriber.send(encode.ack(qos === 1 ? 'puback' : 'pubrec', first.id ?? 0, 0x80))
        await subscriber.ping()
        await subscriber.cut()
        await expectQuiet(context, await resume())
      },
    }),
  ),
]
