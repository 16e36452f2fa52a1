import { type Packet, textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import type { Qos } from '../../mqtt/packet.ts'
import type { Need } from '../capabilities.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

const levels: readonly Qos[] = [0, 1, 2]
const needsOf = (qos: Qos): readonly Need[] => (qos === 0 ? [] : qos === 1 ? ['qos1'] : ['qos2'])

const matrix = levels.flatMap(sent =>
  levels.map(
    (granted): BrokerTest => ({
      id: `qos-${sent}-to-${granted}`,
      title: `QoS ${sent} to a subscription of QoS ${granted} arrives with QoS ${Math.min(sent, granted)}`,
      clauses: { 4: ['3.8.4-6'], 5: ['3.8.4-8'] },
      needs: needsOf(sent),
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('matrix')
        const [reason] = await subscriber.subscribe(topic, { qos: granted })
        const expected = Math.min(sent, reason ?? 0)
        if (reason !== granted && granted <= context.capabilities.maximumQos)
          throw fail(`the broker granted QoS ${reason} of ${granted}`)
        await publisher.publish({ topic, qos: sent })
        const message = await subscriber.receive()
        if (message.qos !== expected) throw fail(`the message arrived with QoS ${message.qos}`)
      },
    }),
  ),
)

export const qos: readonly BrokerTest[] = [
  ...matrix,
  {
    id: 'qos-1-acknowledged',
    title: 'QoS 1 is acknowledged with PUBACK',
    clauses: { 4: ['4.3.2-2', '3.3.4-1'], 5: ['4.3.2-4', '3.3.4-1'] },
    needs: ['qos1'],
    async run(context) {
      const client = await context.connect()
      await client.publish({ topic: context.topic('nobody'), qos: 1 })
    },
  },
  {
    id: 'qos-2-acknowledged',
    title: 'QoS 2 is acknowledged with PUBREC and PUBCOMP',
    clauses: { 4: ['4.3.3-2', '3.3.4-1'], 5: ['4.3.3-8', '4.3.3-11', '3.3.4-1'] },
    needs: ['qos2'],
    async run(context) {
      const client = await context.connect()
      await client.publish({ topic: context.topic('nobody'), qos: 2 })
    },
  },
  {
    id: 'qos-1-id-reused',
    title: 'After PUBACK the same identifier is a new message',
    clauses: { 4: ['4.3.2-2'], 5: ['4.3.2-5'] },
    needs: ['qos1'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('again')
      await subscriber.subscribe(topic, { qos: 0 })
      for (const dup of [false, true]) {
        await publisher.send(encode.publish(context.version, { topic, qos: 1, id: 7, dup }))
        await publisher.answer('puback', 7)
        await subscriber.receive()
      }
    },
  },
  {
    id: 'qos-highest-identifier',
    title: 'Packet Identifiers up to 65535 are accepted',
    clauses: { 4: ['2.3.1-6', '2.3.1-7'], 5: ['2.2.1-5', '2.2.1-6'] },
    needs: ['qos1'],
    async run(context) {
      const client = await context.connect()
      await client.send(encode.subscribe(context.version, 65_535, [{ filter: context.topic('id'), qos: 1 }]))
      await client.answer('suback', 65_535)
      await client.send(
        encode.publish(context.version, { topic: context.topic('other'), qos: 1, id: 65_535 }),
      )
      await client.answer('puback', 65_535)
      await client.send(encode.unsubscribe(context.version, 65_535, [context.topic('id')]))
      await client.answer('unsuback', 65_535)
    },
  },
  {
    id: 'qos-overlapping',
    title: 'Overlapping subscriptions deliver with the highest QoS',
    clauses: { 4: ['3.3.5-1'], 5: ['3.3.4-2'] },
    needs: ['qos2', 'wildcards'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('overlap/x')
      await subscriber.subscribe([
        { filter: context.topic('overlap/#'), qos: 2 },
        { filter: context.topic('overlap/+'), qos: 1 },
        { filter: topic, qos: 0 },
      ])
      await publisher.publish({ topic, qos: 2 })
      const copies: Packet[] = []
      // Each is acknowledged: a broker may deliver the next one only then.
      for (let copy = await subscriber.find('publish'); copy; copy = await subscriber.find('publish')) {
        await subscriber.acknowledge(copy)
        if (copy.qos === 2) return
        copies.push(copy)
      }
      throw fail(`the message arrived with QoS ${copies.map(({ qos }) => qos).join(', ') || 'none'}`)
    },
  },
  ...levels.map(
    (level): BrokerTest => ({
      id: `qos-${level}-order`,
      title: `Messages of QoS ${level} arrive in their order`,
      clauses: both('4.6.0-5', '4.6.0-6'),
      needs: needsOf(level),
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('order')
        await subscriber.subscribe(topic, { qos: level })
        const expected = Array.from({ length: 30 }, (_, index) => `${index}`)
        const received: string[] = []
        const send = async (): Promise<void> => {
          for (const payload of expected) await publisher.publish({ topic, payload, qos: level })
        }
        const receive = async (): Promise<void> => {
          while (received.length < expected.length)
            received.push(textOf((await subscriber.receive()).payload))
        }
        await Promise.all([send(), receive()])
        if (received.join() !== expected.join()) throw fail(`the order was ${received.join(' ')}`)
      },
    }),
  ),
]
