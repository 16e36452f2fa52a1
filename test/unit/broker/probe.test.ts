import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { probeBroker, waitForBroker } from '../../../src/broker/probe.ts'
import { type TinyBroker, tinyBroker } from '../lab/edgecore/tiny-broker.ts'

const host = '127.0.0.1'

async function broker(answer: Parameters<typeof tinyBroker>[0]): Promise<TinyBroker> {
  const broker = await tinyBroker(answer)
  onTestFinished(() => broker.close())
  return broker
}

/** The duration of `work` in milliseconds, whether it succeeds or fails. */
async function timed(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work.catch(() => undefined)
  return performance.now() - started
}

const noTwin = { nodeName: undefined }

test("delivers messages at QoS 0 and 1, on its own topic and on one like EdgeCore's", async () => {
  const echoing = await broker('echo')
  const { port, subscriptions } = echoing
  const found = await probeBroker({ host, port }, noTwin, 5_000)
  const ms = expect.any(Number)
  expect(found).toEqual({
    qos0: { ms },
    qos1: { ms },
    edgecoreTopics: { ms },
    mqtt5: { accepted: true },
    offline: { ms },
    twin: undefined,
    clients: undefined,
    publishedPerMinute: undefined,
    droppedPerMinute: undefined,
    waitingSessions: undefined,
    heapBytes: undefined,
  })
  expect(subscriptions.map(topic => topic.replace(/[0-9a-f-]{36}/, 'ID')).toSorted()).toEqual([
    '$SYS/broker/clients/connected 1',
    '$SYS/broker/clients/disconnected 1',
    '$SYS/broker/heap/current 1',
    '$SYS/broker/load/publish/dropped/15min 1',
    '$SYS/broker/load/publish/received/1min 1',
    '$hw/events/edgekit/ID 1',
    '$hw/events/edgekit/ID 1',
    'edgekit/doctor/ID 1',
  ])
})

test('queries the twin and reads the statistics of the broker', async () => {
  const answering = await broker('echo')
  const { port, published } = answering
  const membership = '$hw/events/node/edge-1/membership/get'
  const answer = probeBroker({ host, port }, { nodeName: 'edge-1' }, 5_000)
  await expect.poll(() => published).toContain(membership)
  answering.send('$SYS/broker/clients/connected', '3')
  answering.send('$SYS/broker/load/publish/received/1min', '12.5')
  answering.send('$SYS/broker/load/publish/dropped/15min', '0.25')
  answering.send('$SYS/broker/clients/disconnected', '7')
  answering.send('$SYS/broker/heap/current', '83792')
  answering.send(`${membership}/result`, '{}')
  expect(await answer).toMatchObject({
    twin: { ms: expect.any(Number) },
    clients: 3,
    publishedPerMinute: 12.5,
    droppedPerMinute: 0.25,
    waitingSessions: 7,
    heapBytes: 83_792,
  })
})

test('repeats the query until the twin answers', async () => {
  const late = await broker('echo')
  const { port, published } = late
  const membership = '$hw/events/node/edge-1/membership/get'
  const answer = probeBroker({ host, port }, { nodeName: 'edge-1' }, 5_000)
  await expect.poll(() => published.filter(topic => topic === membership).length).toBeGreaterThan(1)
  late.send(`${membership}/result`, '{}')
  expect(await answer).toMatchObject({ twin: { ms: expect.any(Number) } })
})

test.each([
  ['never delivers', 0, { qos0: { failure: 'no message came back in time' } }],
  ['loses messages for offline clients', 0, { offline: { failure: 'no message came back in time' } }],
  ['hangs up', 'close', { failure: 'the connection was closed without an answer' }],
  ['accepts, then never answers', 'mute', { qos1: { failure: 'no message came back in time' } }],
  ['never answers', 'silent', { failure: 'no answer within 0.3 s' }],
  ['refuses', 5, { refused: { code: 5, reason: 'Not authorized' } }],
] as const)('reports in time a broker that %s', async (_, answer, expected) => {
  const { port } = await broker(answer)
  const probe = probeBroker({ host, port }, noTwin, 300)
  const took = timed(probe)
  expect(await probe).toMatchObject(expected)
  expect(await took).toBeLessThan(2_500)
})

test('reports a broker that closes the connection half-way', async () => {
  const leaving = await tinyBroker(0)
  const { port, published } = leaving
  const answer = probeBroker({ host, port }, noTwin, 5_000)
  await expect.poll(() => published.length).toBeGreaterThan(0)
  await leaving.close()
  const failure = 'the broker closed the connection'
  expect(await answer).toMatchObject({ qos0: { failure }, qos1: { failure } })
})

test('does not wait for a broker that accepts and then never answers', async () => {
  const { port, connects } = await broker('mute')
  expect(await timed(waitForBroker({ host, port }, 60_000))).toBeLessThan(2_500)
  expect(connects).toHaveLength(1)
})

// An open connection keeps edgekit from exiting.
test.each([
  ['waitForBroker', 1, (port: number) => waitForBroker({ host, port }, 300)],
  ['probeBroker', 3, (port: number) => probeBroker({ host, port }, noTwin, 300)],
])('%s closes its connections to a mute broker', async (_, connections, probe) => {
  const mute = await broker('mute')
  const opened: Socket[] = []
  const note = (message: unknown) => opened.push((message as { socket: Socket }).socket)
  subscribe('net.client.socket', note)
  onTestFinished(() => void unsubscribe('net.client.socket', note))
  await timed(probe(mute.port))
  expect(opened).toHaveLength(connections)
  await expect.poll(() => opened.map(({ destroyed }) => destroyed)).toEqual(opened.map(() => true))
})
