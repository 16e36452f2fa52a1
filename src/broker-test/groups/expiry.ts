import { setTimeout as sleep } from 'node:timers/promises'
import { textOf } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import { numberIn } from '../../mqtt/properties.ts'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive, skip } from '../verdict.ts'

export const expiry: readonly BrokerTest[] = [
  {
    id: 'expiry-counts-down',
    title: 'The Message Expiry Interval shrinks while a message waits',
    clauses: { 5: ['3.3.2-6'] },
    needs: ['retain'],
    waitsMs: 2_500,
    async run(context) {
      const publisher = await context.connect()
      const topic = context.topic('expiry')
      const started = performance.now()
      await publisher.publish({ topic, payload: 'kept', retain: true, properties: [['messageExpiry', 100]] })
      await publisher.ping()
      await sleep(2_500)
      const subscriber = await context.connect()
      await subscriber.subscribe(topic, { qos: 0 })
      const left = numberIn((await subscriber.receive()).properties, 'messageExpiry')
      const seconds = (performance.now() - started) / 1000
      // Brokers count in whole seconds.
      if (left === undefined || left > 98 || left < 98 - seconds)
        throw fail(`${left ?? 'none'} of 100 s are left after ${seconds.toFixed(1)} s`)
    },
  },
  {
    id: 'expiry-passed-queued',
    title: 'An expired message is not delivered to a session that returns',
    clauses: { 5: ['3.3.2-5'] },
    needs: ['qos1'],
    waitsMs: 2_500,
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('expiry')
      const first = await context.connectDurable(clientId)
      await first.subscribe(topic, { qos: 1 })
      await first.disconnect()
      const publisher = await context.connect()
      await publisher.publish({ topic, payload: 'short', qos: 1, properties: [['messageExpiry', 1]] })
      await publisher.publish({ topic, payload: 'long', qos: 1, properties: [['messageExpiry', 100]] })
      await sleep(2_500)
      const again = await context.connectDurable(clientId)
      const { payload } = await again.receive()
      if (textOf(payload) !== 'long') throw fail('a message arrived 1.5 s after it had expired')
    },
  },
  {
    id: 'expiry-passed-retained',
    title: 'An expired retained message is not delivered',
    clauses: { 5: ['3.3.2-5'] },
    needs: ['retain'],
    waitsMs: 3_500,
    async run(context) {
      const publisher = await context.connect()
      const lives = { short: 2, long: 100 }
      for (const [name, seconds] of Object.entries(lives))
        await publisher.publish({
          topic: context.topic(`expiry/${name}`),
          payload: name,
          retain: true,
          properties: [['messageExpiry', seconds]],
        })
      await publisher.ping()
      await sleep(3_500)
      const subscriber = await context.connect()
      for (const name of Object.keys(lives))
        await subscriber.subscribe(context.topic(`expiry/${name}`), { qos: 0 })
      // The control: a retained message with an expiry is kept until then.
      const message = await subscriber.find('publish', ({ payload }) => textOf(payload) === 'long')
      if (!message) throw inconclusive('the broker did not keep a message that has not expired')
      await context.expectNoMessage(publisher, subscriber, 'the retained message has expired')
    },
  },
  {
    id: 'expiry-after-publish',
    title: 'Expiry does not interrupt a QoS 2 delivery',
    clauses: { 5: ['4.3.3-7'] },
    needs: ['qos2'],
    waitsMs: 4_500,
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('expiry')
      const client = await context.connectDurable(clientId)
      await client.subscribe(topic, { qos: 2 })
      const publisher = await context.connect()
      const released: number[] = []
      // The shorter one must not expire before it arrives, on no busy machine.
      for (const seconds of [100, 3]) {
        await publisher.publish({ topic, payload: 'once', qos: 2, properties: [['messageExpiry', seconds]] })
        const message = await client.find('publish')
        if (!message) throw skip('the broker delivers one message of QoS 2 at a time, which it may')
        const { id = 0 } = message
        await client.send(encode.ack('pubrec', id))
        await client.answer('pubrel', id)
        released.push(id)
      }
      const [control = 0, expired = 0] = released
      await client.cut()
      await sleep(4_500)
      const again = await context.connectDurable(clientId)
      if (!(await again.find('pubrel', ({ id }) => id === control)))
        throw inconclusive('the broker did not resend the PUBREL of a message that has not expired')
      await again.answer('pubrel', expired)
      for (const id of released) await again.send(encode.ack('pubcomp', id))
      await again.ping()
    },
  },
  {
    id: 'expiry-received-publish',
    title: 'Expiry does not interrupt the receipt of a QoS 2 message',
    clauses: { 5: ['4.3.3-13'] },
    needs: ['qos2'],
    waitsMs: 2_500,
    async run(context) {
      const publisher = await context.connect()
      const message = { topic: context.topic('expiry'), payload: 'x', qos: 2, id: 9 }
      await publisher.send(encode.publish(5, { ...message, properties: [['messageExpiry', 1]] }))
      await publisher.answer('pubrec', 9)
      await sleep(2_500)
      await publisher.send(encode.ack('pubrel', 9))
      await publisher.answer('pubcomp', 9)
    },
  },
]
