import { expect, onTestFinished, test } from 'vitest'
import { roundTrip, waitForBroker } from '../../../src/broker/probe.ts'
import { type TinyBroker, tinyBroker } from '../edgecore/tiny-broker.ts'

const host = '127.0.0.1'

async function broker(answer: Parameters<typeof tinyBroker>[0]): Promise<TinyBroker> {
  const broker = await tinyBroker(answer)
  onTestFinished(() => broker.close())
  return broker
}

/** How long something takes, milliseconds, whether it comes to a good end or not. */
async function timed(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work.catch(() => undefined)
  return performance.now() - started
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length

test('a message comes back', async () => {
  const echoing = await broker(0)
  const { port, published, subscriptions } = echoing
  const answer = roundTrip({ host, port }, 5_000)
  await expect.poll(() => published.length).toBe(1)
  expect(subscriptions).toEqual([`${published[0]} 1`])
  expect(published[0]).toMatch(/^edgekit\/doctor\//)
  echoing.send(published[0] ?? '', 'edgekit')
  expect(await answer).toBeGreaterThan(0)
})

test.each([
  ['never delivers', 0, 'no message came back within 0.3 s'],
  ['accepts, then says nothing more', 'mute', 'no message came back within 0.3 s'],
  ['never answers', 'silent', 'connack timeout'],
  ['refuses', 5, 'Connection refused: Not authorized'],
] as const)('no round trip through a broker that %s, and it is known in time', async (_, answer, why) => {
  const { port } = await broker(answer)
  const probe = roundTrip({ host, port }, 300)
  const took = timed(probe)
  await expect(probe).rejects.toThrow(why)
  expect(await took).toBeLessThan(2_500)
})

test('a broker that accepts and then says nothing more does answer, and is not waited for', async () => {
  const { port, connects } = await broker('mute')
  expect(await timed(waitForBroker({ host, port }, 60_000))).toBeLessThan(2_500)
  expect(connects).toHaveLength(1)
})

// What stays open keeps edgekit from ending.
test.each([
  ['waitForBroker', waitForBroker],
  ['roundTrip', roundTrip],
])('%s leaves no connection to a mute broker behind', async (_, probe) => {
  const mute = await broker('mute')
  await expect.poll(openSockets).toBe(0)
  await timed(probe({ host, port: mute.port }, 300))
  // The broker's own end of it.
  await expect.poll(openSockets).toBe(1)
})
