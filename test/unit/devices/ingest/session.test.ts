import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Arrival, openSession } from '../../../../src/devices/ingest/session.ts'

/** PUBLISH with QoS 1 to `a` (MQTT 5, 3.3). */
const publish = (packetId: number): Buffer => Buffer.from([0x32, 7, 0, 1, 0x61, 0, packetId, 0, 0x78])
/** CONNACK that resumes a session. */
const connack = Buffer.from([0x20, 3, 1, 0, 0])

/** A broker that sends what it had queued together with CONNACK, as mosquitto does. */
async function setUp(queued: readonly Buffer[]) {
  const { promise: accepted, resolve: accept } = Promise.withResolvers<Socket>()
  const server = createServer(socket => {
    socket.once('data', () => socket.write(Buffer.concat([connack, ...queued])))
    accept(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const arrivals: Arrival[] = []
  const closed: unknown[] = []
  const denied: string[] = []
  const session = await openSession({
    endpoint: { host: '127.0.0.1', port: address.port },
    clientId: 'c1',
    expirySeconds: 60,
    receiveMaximum: 10,
    onArrival: arrival => arrivals.push(arrival),
    onDenied: topic => denied.push(topic),
    onClosed: source => closed.push(source),
  })
  const socket = await accepted
  onTestFinished(async () => {
    socket.destroy()
    server.close()
    await session.close()
  })
  const sent: Buffer[] = []
  socket.on('data', (data: Buffer) => sent.push(data))
  const settle = async (): Promise<number[]> => {
    await sleep(100)
    return [...Buffer.concat(sent)]
  }
  return { session, socket, arrivals, closed, denied, settle }
}

test('messages that come with CONNACK are received, and acknowledged only when asked', async () => {
  const { session, arrivals, settle } = await setUp([publish(1), publish(2), publish(3)])
  expect(await settle()).toEqual([])
  expect(arrivals).toEqual(
    [1, 2, 3].map(packetId => ({
      topic: 'a',
      payload: Buffer.from('x'),
      retained: false,
      correlation: undefined,
      packetId,
      duplicate: false,
    })),
  )
  session.source.acknowledge([1, 2, 3])
  expect(await settle()).toEqual([0x40, 2, 0, 1, 0x40, 2, 0, 2, 0x40, 2, 0, 3])
  expect(session.resumed).toBe(true)
})

test('a connection that ends closes its source', async () => {
  const { session, socket, closed } = await setUp([])
  expect(session.source.isOpen).toBe(true)
  socket.destroy()
  expect(await session.ended).toBe('lost')
  expect(session.source.isOpen).toBe(false)
  expect(closed).toEqual([session.source])
})

test('a DISCONNECT with reason 0x8e means that another client took over', async () => {
  const { session, socket } = await setUp([])
  socket.end(Buffer.from([0xe0, 2, 0x8e, 0]))
  expect(await session.ended).toBe('taken over')
})

test.each([
  [[], 'accepted'],
  [[0x10], 'no subscriber'],
  [[0x87], 'refused'],
] as const)('a request that is acknowledged with %j is %s', async (reason, delivery) => {
  const { session, socket, settle } = await setUp([])
  const sent = session.request({
    topic: 'c',
    payload: '{}',
    responseTopic: 'r',
    correlation: 'id',
    expirySeconds: 5,
  })
  const bytes = await settle()
  // Message Expiry Interval, Response Topic, Correlation Data (MQTT 5, 3.3.2.3).
  expect(bytes.slice(0, 5)).toEqual([0x32, bytes.length - 2, 0, 1, 0x63])
  for (const property of [
    [2, 0, 0, 0, 5],
    [8, 0, 1, 0x72],
    [9, 0, 2, 0x69, 0x64],
  ])
    expect(bytes.join()).toContain(property.join())
  socket.write(Buffer.from([0x40, 2 + reason.length, bytes[5] ?? 0, bytes[6] ?? 0, ...reason]))
  expect(await sent).toBe(delivery)
})

test.each([
  [[], []],
  [[0x10], []],
  [[0x87], ['e']],
] as const)('an event that is acknowledged with %j is denied: %j', async (reason, topics) => {
  const { session, socket, denied, settle } = await setUp([])
  session.publish('e', '{}')
  const bytes = await settle()
  socket.write(Buffer.from([0x40, 2 + reason.length, bytes[5] ?? 0, bytes[6] ?? 0, ...reason]))
  await settle()
  expect(denied).toEqual(topics)
})

test('a request whose connection is lost is unclear', async () => {
  const { session, socket } = await setUp([])
  const request = { topic: 'c', payload: '{}', responseTopic: 'r', correlation: 'id', expirySeconds: 5 }
  const sent = session.request(request)
  socket.destroy()
  expect(await sent).toBe('unclear')
})
