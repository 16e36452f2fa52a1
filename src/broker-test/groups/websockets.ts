import { randomBytes } from 'node:crypto'
import { deadline } from '../../lib/deadline.ts'
import { messageOf } from '../../lib/errors.ts'
import * as encode from '../../mqtt/encode.ts'
import type { TestContext } from '../context.ts'
import { both } from '../refusal.ts'
import { addressOf, type Target } from '../target.ts'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive, skip, type Verdict } from '../verdict.ts'
import { type Framing, openWebSocket, subprotocol, WebSocketStream } from '../web-socket.ts'

const timeoutMs = 5_000
const pongMs = 3_000

function listenerOf({ parts }: TestContext): Target {
  const found = [parts.target, ...parts.listeners].find(({ websockets }) => websockets)
  if (!found) throw skip('no listener has WebSockets; use a ws:// URL, or add one with --listener')
  return found
}

const unreachable = (listener: Target, error: unknown): Verdict =>
  inconclusive(`no WebSocket at ${addressOf(listener)}: ${messageOf(error)}`)

/** A client that the broker has accepted over a WebSocket. */
async function accepted(context: TestContext) {
  const listener = listenerOf(context)
  const socket = await openWebSocket(listener, { timeoutMs }).catch((error: unknown) => {
    throw unreachable(listener, error)
  })
  const stream = new WebSocketStream(socket)
  const client = await context.converse(stream)
  await client.send(context.connectPacket())
  const connack = await client.expect('connack')
  if (connack.reason !== 0) throw inconclusive('the broker refuses the client')
  return { client, stream, socket }
}

/** Subscribe, and get the message back, in frames as `framing` makes them. */
async function roundTrip(context: TestContext, framing?: Framing): Promise<WebSocketStream> {
  const { client, stream } = await accepted(context)
  if (framing) stream.framing = framing
  const topic = context.topic('websocket')
  await client.subscribe(topic, { qos: 0 })
  await client.publish({ topic, payload: 'edgekit' })
  const { payload } = await client.expect('publish')
  if (payload?.toString() !== 'edgekit') throw fail('the message arrived with another payload')
  return stream
}

const bytewise: Framing = (bytes, socket, done) => {
  for (const byte of bytes.subarray(0, -1)) socket.send(Buffer.from([byte]))
  socket.send(bytes.subarray(-1), done)
}

const fragmented: Framing = (bytes, socket, done) => {
  const middle = Math.max(1, bytes.length >> 1)
  socket.send(bytes.subarray(0, middle), { fin: false })
  // Control frames may come between fragments (RFC 6455, section 5.4).
  socket.ping()
  socket.send(bytes.subarray(middle), { fin: true }, done)
}

export const websockets: readonly BrokerTest[] = [
  {
    id: 'websocket-binary',
    title: 'MQTT packets arrive in binary frames',
    clauses: both('6.0.0-1'),
    async run(context) {
      const { textFrames } = await roundTrip(context)
      if (textFrames > 0) throw fail(`${textFrames} packets arrived in text frames`)
    },
  },
  {
    id: 'websocket-text',
    title: 'A text frame ends the connection',
    clauses: both('6.0.0-1'),
    async run(context) {
      const { client, stream } = await accepted(context)
      // All of its bytes are ASCII, so that only the type of the frame is wrong.
      const message = { topic: context.topic('text'), payload: 'x' }
      await client.publish(message)
      await client.ping()
      const { framing } = stream
      stream.framing = (bytes, socket, done) => socket.send(bytes.toString('latin1'), { binary: false }, done)
      await client.publish(message)
      stream.framing = framing
      await client.expectClosed('a text frame')
    },
  },
  {
    id: 'websocket-split',
    title: 'A packet may be split into several frames',
    clauses: both('6.0.0-2'),
    async run(context) {
      await roundTrip(context, bytewise)
    },
  },
  {
    id: 'websocket-joined',
    title: 'A frame may contain several packets, and a part of one',
    clauses: both('6.0.0-2'),
    async run(context) {
      const { client, stream } = await accepted(context)
      const topic = context.topic('joined')
      const { version } = context
      const subscribe = encode.subscribe(version, client.nextId(), [{ filter: topic, qos: 0 }])
      const publish = encode.publish(version, { topic, payload: 'joined' })
      // The write has all packets; its second frame begins within one.
      const cut = subscribe.length + publish.length + 5
      stream.framing = (bytes, socket, done) => {
        socket.send(bytes.subarray(0, cut))
        socket.send(bytes.subarray(cut), done)
      }
      await client.send(subscribe, publish, publish, encode.pingreq())
      await client.expect('suback')
      await client.expect('publish')
      await client.expect('publish')
      await client.expect('pingresp')
    },
  },
  {
    id: 'websocket-fragmented',
    title: 'A frame may come in fragments, with a ping between them',
    clauses: both('6.0.0-2'),
    async run(context) {
      await roundTrip(context, fragmented)
    },
  },
  {
    id: 'websocket-large',
    title: 'A message of 70000 bytes arrives',
    clauses: both('6.0.0-2'),
    async run(context) {
      const { maximumPacketSize = Number.POSITIVE_INFINITY } = context.capabilities
      if (maximumPacketSize < 80_000)
        throw skip(`the broker has a Maximum Packet Size of ${maximumPacketSize}`)
      const { client } = await accepted(context)
      const topic = context.topic('large')
      const payload = randomBytes(70_000)
      await client.subscribe(topic, { qos: 0 })
      await client.publish({ topic, payload })
      const message = await client.expect('publish')
      if (!message.payload?.equals(payload)) throw fail('the message arrived with another payload')
    },
  },
  {
    id: 'websocket-ping',
    title: 'A ping of the WebSocket is answered with its data',
    clauses: both(),
    note: 'RFC 6455, section 5.5.2: a pong must follow as soon as is practical.',
    async run(context) {
      const { socket } = await accepted(context)
      const pong = new Promise<string>(resolve => socket.once('pong', data => resolve(data.toString())))
      socket.ping('edgekit')
      using end = deadline(pongMs)
      const data = await Promise.race([pong, end.passed])
      if (data === undefined) throw fail(`no pong within ${pongMs / 1000} s`)
      if (data !== 'edgekit') throw fail(`the pong has other data than the ping: ${data}`)
    },
  },
  {
    id: 'websocket-subprotocol',
    title: 'The broker selects the subprotocol mqtt',
    clauses: both('6.0.0-4'),
    async run(context) {
      const listener = listenerOf(context)
      const subprotocols = ['edgekit-unknown', subprotocol]
      const socket = await openWebSocket(listener, { timeoutMs, subprotocols }).catch((error: unknown) => {
        if (/subprotocol/.test(messageOf(error))) throw fail('the broker selects none that was offered')
        throw unreachable(listener, error)
      })
      const { protocol } = socket
      socket.terminate()
      if (protocol !== subprotocol) throw fail(`the broker selected ${JSON.stringify(protocol)}`)
    },
  },
]
