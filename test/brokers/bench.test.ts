import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import { localNode } from '../../src/node/node.ts'
import { runBench } from '../run-bench.ts'

let broker: LabBroker

beforeAll(async () => {
  broker = await startMosquitto('trixie')
})
afterAll(() => broker.stop())

// Coordinated omission would show the one message that waited for a second, and a p99 of a millisecond.
test('a broker that is frozen for a second shows in p99', { retry: 2 }, async () => {
  const listeners = await localNode().network.listeners()
  const pid = listeners.find(({ port }) => port === broker.port)?.owner?.pid
  if (pid === undefined) throw new Error('the broker is not among the listeners')
  let frozenMs = 0
  const freeze = async (): Promise<void> => {
    await sleep(4_000)
    const started = performance.now()
    process.kill(pid, 'SIGSTOP')
    await sleep(1_000)
    process.kill(pid, 'SIGCONT')
    frozenMs = performance.now() - started
  }
  const { messages, latencyMs } = await runBench({
    port: broker.port,
    pace: { rate: 1_000, durationMs: 10_000 },
    onMeasure: () => void freeze(),
  })
  expect(messages).toMatchObject({ sent: 10_000, received: 10_000, lost: 0 })
  // Of 10000 messages the 100 that came first in that time waited longest.
  const truthMs = frozenMs - 100
  expect(latencyMs?.p99).toBeGreaterThan(truthMs * 0.9)
  expect(latencyMs?.p99).toBeLessThan(truthMs * 1.1)
})

test('a delay of 20 ms on the way shows in p50', { retry: 2 }, async () => {
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
  const load = { publishers: 1 }
  const pace = { rate: 200, durationMs: 3_000 }
  const direct = await runBench({ port: broker.port, load, pace })
  const { latencyMs } = await runBench({ port: (proxy.address() as AddressInfo).port, load, pace })
  // A timer is not exact, so the proxy says how long it held them.
  const truthMs = held.toSorted((one, other) => one - other)[held.length >> 1] ?? 0
  expect(truthMs).toBeGreaterThan(19.5)
  expect(Math.abs((latencyMs?.p50 ?? 0) - (direct.latencyMs?.p50 ?? 0) - truthMs)).toBeLessThan(1)
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
