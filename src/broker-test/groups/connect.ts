import { setTimeout as sleep } from 'node:timers/promises'
import * as encode from '../../mqtt/encode.ts'
import { textIn } from '../../mqtt/properties.ts'
import type { Conversation } from '../conversation.ts'
import { both, refusesConnect } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip } from '../verdict.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

export const connect: readonly BrokerTest[] = [
  {
    id: 'connect-accepted',
    title: 'A correct CONNECT is accepted',
    clauses: { 4: ['3.1.4-4'], 5: ['3.1.4-5', '3.2.0-1'] },
    async run(context) {
      await context.connect()
    },
  },
  {
    id: 'connect-ping',
    title: 'PINGREQ is answered',
    clauses: both('3.12.4-1'),
    async run(context) {
      const client = await context.connect()
      for (let count = 0; count < 3; count += 1) await client.ping()
    },
  },
  {
    id: 'connect-in-pieces',
    title: 'Packets that arrive byte by byte are read',
    clauses: { 4: [], 5: ['4.2-1'] },
    async run(context) {
      const client = await context.open()
      const bytes = context.connectPacket()
      for (const [at] of bytes.entries()) {
        await client.send(bytes.subarray(at, at + 1))
        await sleep(2)
      }
      await client.expect('connack')
      await client.ping()
    },
  },
  {
    id: 'connect-pipelined',
    title: 'Packets sent right behind CONNECT are handled in order',
    clauses: { 4: [], 5: ['4.2-1'] },
    async run(context) {
      const client = await context.open()
      const topic = context.topic('pipelined')
      await client.send(
        context.connectPacket(),
        encode.subscribe(context.version, 1, [{ filter: topic, qos: 0 }]),
        encode.publish(context.version, { topic, payload: 'behind' }),
        encode.pingreq(),
      )
      await client.expect('connack')
      await client.answer('suback', 1)
      await client.expect('pingresp')
      await client.expect('publish')
    },
  },
  {
    id: 'connect-client-id',
    title: 'Client ids of 23 letters and digits are accepted',
    clauses: both('3.1.3-5'),
    async run(context) {
      for (const start of [0, 21, 42]) {
        const own = context.newClientId()
        const clientId = `${own}${alphabet.slice(start)}${alphabet}`.slice(0, 23)
        const client = await context.connect({ clientId })
        await client.disconnect()
      }
    },
  },
  {
    id: 'connect-empty-client-id',
    title: 'A client without a client id gets a unique one',
    clauses: { 4: ['3.1.3-6'], 5: ['3.1.3-6', '3.1.3-7', '3.2.2-16'] },
    async run(context) {
      const clients = [await context.open(), await context.open()]
      const assigned: (string | undefined)[] = []
      for (const client of clients) {
        await client.send(context.connectPacket({ clientId: '' }))
        const { reason, properties } = await client.expect('connack')
        if (reason !== 0) throw skip('the broker requires a client id, which it may')
        assigned.push(textIn(properties, 'assignedClientId'))
      }
      if (context.version === 5 && assigned.some(id => !id))
        throw fail('CONNACK has no Assigned Client Identifier')
      if (context.version === 5 && assigned[0] === assigned[1])
        throw fail(`two clients got the client id ${assigned[0]}`)
      for (const client of clients) await client.ping()
    },
  },
  {
    id: 'connect-empty-client-id-durable',
    title: 'A durable session requires a client id',
    clauses: { 4: ['3.1.3-7', '3.1.3-8'] },
    async run(context) {
      const control = await context.open()
      await control.send(context.connectPacket({ clientId: '' }))
      if ((await control.expect('connack')).reason !== 0)
        throw skip('the broker requires a client id for every session')
      const client = await context.open()
      await client.send(context.connectPacket({ clientId: '', clean: false }))
      const { reason } = await client.expect('connack')
      if (reason !== 2) throw fail(`the return code is ${reason}, not 2 (identifier rejected)`)
      await client.expectClosed('a durable session without a client id')
    },
  },
  {
    id: 'connect-client-id-refused',
    title: 'A refused client id ends the connection',
    clauses: { 4: ['3.1.3-8', '3.1.3-9', '3.2.2-5'], 5: ['3.1.3-8', '3.2.2-7'] },
    async run(context) {
      await (await context.connect()).ping()
      const client = await context.open()
      // MQTT 3.1.1 does not allow a durable session without a client id; MQTT 5 leaves it to the broker.
      await client.send(context.connectPacket({ clientId: '', clean: context.version === 5 }))
      const { reason } = await client.expect('connack')
      if (reason === 0) throw skip('the broker accepts a client without a client id')
      await client.expectClosed('a client id that it refused')
    },
  },
  {
    id: 'connect-session-new',
    title: 'A clean session has Session Present 0',
    clauses: { 4: ['3.2.2-1'], 5: ['3.2.2-2'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await context.connectDurable(clientId)
      await first.disconnect()
      const { connack } = await context.connect({ clientId })
      if (connack.sessionPresent) throw fail('Session Present is 1')
    },
  },
  {
    id: 'connect-take-over',
    title: 'A second client with the same id replaces the first',
    clauses: { 4: ['3.1.4-2', '3.1.3-2'], 5: ['3.1.4-3', '3.1.3-2'] },
    async run(context) {
      const clientId = context.newClientId()
      const first = await context.connect({ clientId })
      const second = await context.connect({ clientId })
      await first.expectClosed('the take-over of its client id')
      await second.ping()
    },
  },
  {
    id: 'connect-take-over-durable',
    title: 'A take-over keeps the subscriptions of the session',
    clauses: { 4: ['3.1.2-4', '3.1.4-2'], 5: ['3.1.2-5', '3.1.4-3'] },
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('kept')
      const first = await context.connectDurable(clientId)
      await first.subscribe(topic, { qos: 0 })
      const second = await context.connectDurable(clientId)
      if (!second.connack.sessionPresent) throw fail('Session Present is 0 after a take-over')
      await first.expectClosed('the take-over of its client id')
      const publisher = await context.connect()
      await publisher.publish({ topic })
      await second.receive()
    },
  },
  {
    id: 'connect-second',
    title: 'A second CONNECT ends the connection',
    clauses: both('3.1.0-2'),
    async run(context) {
      const clientId = context.newClientId()
      const client = await context.connect({ clientId })
      await client.ping()
      await client.send(context.connectPacket({ clientId }))
      await client.expectClosed('a second CONNECT')
    },
  },
  {
    id: 'connect-rejected-data',
    title: 'Nothing behind a rejected CONNECT is handled',
    clauses: { 4: ['3.1.4-5'], 5: ['3.1.4-6'] },
    async run(context) {
      const topic = context.topic('behind')
      const subscriber = await context.connect()
      await subscriber.subscribe(topic, { qos: 0 })
      const send = async (first: Buffer, payload: string): Promise<Conversation> => {
        const client = await context.open()
        await client.send(first, encode.publish(context.version, { topic, payload }))
        return client
      }
      await send(context.connectPacket(), 'control')
      await subscriber.receive()
      // Bit 0 of the Connect Flags is reserved.
      const rejected = await send(context.connectPacket({ connectFlags: 3 }), 'surplus')
      await rejected.closes()
      await context.expectNoMessage(await context.connect(), subscriber, 'the CONNECT is malformed')
    },
  },
  refusesConnect({
    id: 'connect-protocol-level',
    title: 'An unknown protocol level ends the connection',
    clauses: both('3.1.2-2'),
    what: 'protocol level 9',
    packet: context => context.connectPacket({ protocolLevel: 9 }),
  }),
  ...(
    [
      ['publish', 'PUBLISH', encode.publish(4, { topic: 'edgekit', payload: 'early' })],
      ['subscribe', 'SUBSCRIBE', encode.subscribe(4, 1, [{ filter: 'edgekit', qos: 0 }])],
      ['pingreq', 'PINGREQ', encode.pingreq()],
      ['disconnect', 'DISCONNECT', encode.goodbye('disconnect')],
    ] as const
  ).map(([name, what, packet]) =>
    refusesConnect({
      id: `connect-first-${name}`,
      title: `${what} before CONNECT ends the connection`,
      clauses: both('3.1.0-1'),
      what: `${what} before CONNECT`,
      packet: () => packet,
    }),
  ),
]
