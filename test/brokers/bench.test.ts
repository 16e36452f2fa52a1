import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import { close, open } from '../../src/broker/connect.ts'
import type { Latency } from '../../src/broker-bench/run/report.ts'
import { localNode } from '../../src/node/node.ts'
import { runBench } from '../run-bench.ts'

let broker: LabBroker

beforeAll(async () => {
  broker = await startMosquitto('trixie')
})
afterAll(() => broker.stop())

/**
 * Other delays are as true as those that a test makes: on a busy machine only the lower limit is certain. So an attempt asserts
 * that, and returns how far the result is above the truth, or undefined when something else held messages up.
 */
async function surplusOf(attempt: () => Promise<number | undefined>): Promise<number> {
  for (let attempts = 0; attempts < 2; attempts += 1) {
    const surplus = await attempt()
    if (surplus !== undefined) return surplus
  }
  return 0
}

// Coordinated omission would show the one message that waited for a second, and a p99 of a millisecond.
test('a broker that is frozen for a second shows in p99', async () => {
  const listeners = await localNode().network.listeners()
  const pid = listeners.find(({ port }) => port === broker.port)?.owner?.pid
  if (pid === undefined) throw new Error('the broker is not among the listeners')
  const freezeAtMs = 4_000
  let frozenMs = 0
  let answeredMs = Number.POSITIVE_INFINITY
  const freeze = async (): Promise<void> => {
    await sleep(freezeAtMs)
    const started = performance.now()
    process.kill(pid, 'SIGSTOP')
    await sleep(1_000)
    process.kill(pid, 'SIGCONT')
    frozenMs = performance.now() - started
    await close(await open({ host: '127.0.0.1', port: broker.port }, 5_000, 4))
    answeredMs = performance.now() - started - frozenMs
  }
  const surplus = await surplusOf(async () => {
    let freezing: Promise<void> | undefined
    const { messages, latencyMs, timeline, generator } = await runBench({
      port: broker.port,
      pace: { rate: 1_000, durationMs: 10_000 },
      onMeasure: () => {
        freezing = freeze()
      },
    })
    await freezing
    expect(messages).toMatchObject({ sent: 10_000, received: 10_000, lost: 0 })
    // Of 10000 messages the 100 that came first in that time waited longest.
    const truthMs = frozenMs - 100
    const p99 = latencyMs?.p99 ?? 0
    expect(p99).toBeGreaterThan(truthMs * 0.9)
    const others = timeline.filter(({ ms }) => ms < freezeAtMs - 500 || ms > freezeAtMs + 2_000)
    expect(others.length).toBeGreaterThan(0)
    const isQuiet = !generator.isLimit && answeredMs < 50 && others.every(({ maxMs }) => maxMs < 50)
    return isQuiet ? p99 / truthMs - 1 : undefined
  })
  expect(surplus).toBeLessThan(0.1)
})

test('a delay of 20 ms on the way shows in p50', async () => {
  const held: number[] = []
  const proxy = net.createServer(client => {
    const upstream = net.connect(broker.port, '127.0.0.1')
    for (const socket of [client, upstream]) socket.setNoDelay().on('error', () => undefined)
    client.pipe(upstream).on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('data', data => {
      const arrived = performance.now()
      setTimeout(() => {
        held.push(performance.now() - arrived)
        client.write(data)
      }, 20)
    })
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const run = async (port: number): Promise<Latency> => {
    const pace = { rate: 200, durationMs: 2_000 }
    const { latencyMs } = await runBench({ port, load: { publishers: 1 }, pace })
    if (!latencyMs) throw new Error('no message arrived')
    return latencyMs
  }
  const surplus = await surplusOf(async () => {
    held.length = 0
    const direct = await run(broker.port)
    const delayed = await run((proxy.address() as AddressInfo).port)
    // A timer is not exact, so the proxy says how long it held them.
    const sorted = held.toSorted((one, other) => one - other)
    const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0
    expect(at(0)).toBeGreaterThan(18)
    expect(delayed.p50).toBeGreaterThanOrEqual(at(0))
    // What delays half of the messages by chance does not delay all of them by the same.
    const spreads = [direct.p90, delayed.p90 - delayed.p50, at(0.9) - at(0.5)]
    const isQuiet = spreads.every(spread => spread < 1)
    return isQuiet ? delayed.p50 - direct.p50 - at(0.5) : undefined
  })
  expect(Math.abs(surplus)).toBeLessThan(1)
})

test('a shared subscription gets each message once', async () => {
  const load = { subscribers: 4, shared: true, qos: 1 } as const
  const { messages, exitCode } = await runBench({
    port: broker.port,
    load,
    pace: { rate: 1_000, durationMs: 500 },
  })
  expect(messages).toMatchObject({ sent: 500, expected: 500, received: 500, duplicated: 0 })
  expect(exitCode).toBe(0)
})
