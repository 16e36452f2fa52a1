import { setTimeout as sleep } from 'node:timers/promises'
import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Qos } from '../../mqtt/packet.ts'
import { type Properties, textIn, valuesIn } from '../../mqtt/properties.ts'
import type { Client, ConnectOptions, TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive } from '../verdict.ts'

interface Scene {
  /** Subscribed to the will topic with QoS 2. */
  witness: Client
  topic: string
  /** A client with this will. */
  client: Client
}

async function scene(
  context: TestContext,
  will: { qos?: Qos; retain?: boolean; properties?: Properties } = {},
  options: ConnectOptions = {},
): Promise<Scene> {
  const witness = await context.connect()
  const topic = context.topic('will')
  await witness.subscribe(topic)
  const client = await context.connect({ ...options, will: { topic, payload: 'gone', ...will } })
  return { witness, topic, client }
}

/** A client with a durable session, whose will waits so many seconds, and a subscriber to the will. */
async function delayed(context: TestContext, seconds: number) {
  const clientId = context.newClientId()
  const witness = await context.connect()
  const topic = context.topic('will')
  await witness.subscribe(topic)
  const client = await context.connectDurable(clientId, {
    will: { topic, payload: 'gone', properties: [['willDelay', seconds]] },
  })
  return { witness, client, clientId }
}

export const will: readonly BrokerTest[] = [
  ...([0, 1, 2] as const).map(
    (qos): BrokerTest => ({
      id: `will-qos-${qos}`,
      title: `A will of QoS ${qos} is published when the connection is lost`,
      clauses: { 4: ['3.1.2-8'], 5: ['3.1.2-7', '3.1.2-8'] },
      needs: qos === 0 ? [] : [qos === 1 ? 'qos1' : 'qos2'],
      async run(context) {
        const { witness, client } = await scene(context, { qos })
        await client.cut()
        const message = await witness.receive()
        if (textOf(message.payload) !== 'gone') throw fail('its payload has changed')
        if (message.qos !== qos) throw fail(`it arrived with QoS ${message.qos}`)
        await context.expectNoMessage(await context.connect(), witness, 'the will is published once')
      },
    }),
  ),
  {
    id: 'will-discarded',
    title: 'DISCONNECT discards the will',
    clauses: { 4: ['3.14.4-3', '3.1.2-10'], 5: ['3.14.4-3', '3.1.2-10'] },
    async run(context) {
      const { witness, client } = await scene(context)
      await client.disconnect()
      await context.expectNoMessage(await context.connect(), witness, 'the client disconnected')
    },
  },
  {
    id: 'will-after-error',
    title: 'The will is published after a protocol error',
    clauses: { 4: ['3.1.2-8'], 5: ['3.1.2-8'] },
    async run(context) {
      const { witness, client } = await scene(context)
      await client.send(encode.publish(context.version, { topic: context.topic('x'), qos: 3, id: 1 }))
      await client.expectClosed('a PUBLISH with QoS 3')
      await witness.receive()
    },
  },
  {
    id: 'will-bad-disconnect',
    title: 'A malformed DISCONNECT does not discard the will',
    clauses: both('3.14.1-1', '3.1.2-8'),
    async run(context) {
      const { witness, client } = await scene(context)
      await client.send(encode.frame(14, 1, []))
      await client.expectClosed('a DISCONNECT with reserved bits')
      await witness.receive()
    },
  },
  {
    id: 'will-keep-alive',
    title: 'The will is published when the keep alive runs out',
    clauses: { 4: ['3.1.2-8', '3.1.2-24'], 5: ['3.1.2-8', '3.1.2-22'] },
    needs: ['client-keep-alive'],
    waitsMs: 4_000,
    async run(context) {
      const { witness } = await scene(context, {}, { keepAliveSeconds: 1 })
      await sleep(1_000)
      if (!(await witness.find('publish', undefined, 6_000)))
        throw fail('no will 7 s after a keep alive of 1 s')
    },
  },
  {
    id: 'will-not-retained',
    title: 'A will without RETAIN is not stored',
    clauses: { 4: ['3.1.2-16'], 5: ['3.1.2-14'] },
    async run(context) {
      const { witness, client, topic } = await scene(context)
      await client.cut()
      await witness.receive()
      const late = await context.connect()
      await late.subscribe(topic)
      await context.expectNoMessage(await context.connect(), late, 'the will is not retained')
    },
  },
  {
    id: 'will-retained',
    title: 'A will with RETAIN is stored',
    clauses: { 4: ['3.1.2-17'], 5: ['3.1.2-15'] },
    needs: ['retain'],
    async run(context) {
      const { witness, client, topic } = await scene(context, { retain: true })
      await client.cut()
      await witness.receive()
      const late = await context.connect()
      await late.subscribe(topic)
      const { retain } = await late.receive()
      if (!retain) throw fail('RETAIN is 0 for a new subscription')
    },
  },
  {
    id: 'will-removed',
    title: 'A will is published once, also in a durable session',
    clauses: both('3.1.2-10'),
    async run(context) {
      const clientId = context.newClientId()
      const witness = await context.connect()
      const topic = context.topic('will')
      await witness.subscribe(topic)
      const first = await context.connectDurable(clientId, { will: { topic, payload: 'gone' } })
      await first.cut()
      await witness.receive()
      const second = await context.connectDurable(clientId)
      await second.cut()
      await context.expectNoMessage(await context.connect(), witness, 'the second connection had no will')
    },
  },
  {
    id: 'will-none',
    title: 'Without a will nothing is published',
    clauses: { 4: ['3.1.2-12'], 5: [] },
    async run(context) {
      const { witness, client, topic } = await scene(context)
      await client.cut()
      await witness.receive()
      const other = await context.connect()
      await other.publish({ topic })
      await witness.receive()
      await other.cut()
      await context.expectNoMessage(await context.connect(), witness, 'the client had no will')
    },
  },
  {
    id: 'will-reason-4',
    title: 'DISCONNECT with reason 0x04 publishes the will',
    clauses: { 5: ['3.1.2-8'] },
    async run(context) {
      const { witness, client } = await scene(context)
      await client.disconnect(4)
      await witness.receive()
    },
  },
  {
    id: 'will-delay',
    title: 'A will waits for its delay',
    clauses: { 5: ['3.1.2-8'] },
    waitsMs: 4_000,
    async run(context) {
      const { witness, client } = await delayed(context, 2)
      const started = performance.now()
      await client.cut()
      if (!(await witness.find('publish', undefined, 7_000))) throw fail('no will 7 s after a delay of 2 s')
      const waited = performance.now() - started
      // Brokers count in whole seconds.
      if (waited < 900) throw fail(`the will came after ${Math.round(waited)} ms, and its delay is 2 s`)
    },
  },
  {
    id: 'will-delay-reconnect',
    title: 'A client that returns within the delay cancels its will',
    clauses: { 5: ['3.1.3-9'] },
    waitsMs: 4_500,
    async run(context) {
      const { witness, client, clientId } = await delayed(context, 3)
      const started = performance.now()
      await client.cut()
      await context.connectDurable(clientId)
      if (performance.now() - started > 2_500)
        throw inconclusive('the client could not return within the will delay of 3 s')
      await sleep(4_500)
      await context.expectNoMessage(await context.connect(), witness, 'the client returned in time')
    },
  },
  {
    id: 'will-session-end',
    title: 'A will comes with the end of the session, before its delay',
    clauses: { 5: ['3.1.2-8'] },
    async run(context) {
      const { witness, client } = await scene(context, { properties: [['willDelay', 60]] })
      await client.cut()
      const message = await witness.find('publish')
      // A broker that holds it back would publish it in a minute; it forgets it when the client returns.
      await context.endSession(client.clientId)
      if (!message) throw fail('no PUBLISH within 3 s')
    },
  },
  {
    id: 'will-properties',
    title: 'A will keeps its properties',
    clauses: { 5: ['3.1.3-10', '3.1.2-7'] },
    async run(context) {
      const { witness, client } = await scene(context, {
        properties: [
          ['contentType', 'text/plain'],
          ['userProperty', ['b', '1']],
          ['userProperty', ['a', '2']],
          ['userProperty', ['b', '3']],
        ],
      })
      await client.cut()
      const { properties } = await witness.receive()
      if (textIn(properties, 'contentType') !== 'text/plain') throw fail('its Content Type is missing')
      const pairs = valuesIn(properties, 'userProperty').map(value =>
        Array.isArray(value) ? value.join('=') : '',
      )
      if (pairs.join() !== 'b=1,a=2,b=3')
        throw fail(`its User Properties are ${pairs.join(', ') || 'missing'}`)
    },
  },
  {
    id: 'will-qos-limit',
    title: 'A will above Maximum QoS is refused',
    clauses: { 5: ['3.2.2-12'] },
    needs: ['qos-limit'],
    async run(context) {
      const will = { topic: context.topic('will'), payload: 'gone' }
      await context.connect({ will })
      const client = await context.open()
      await client.send(context.connectPacket({ will: { ...will, qos: 2 } }))
      const connack = await client.find('connack')
      if (connack?.reason === 0) throw fail('the broker accepted a will of QoS 2')
      await client.expectClosed('a will of QoS 2')
    },
  },
]
