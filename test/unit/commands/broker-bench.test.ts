import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startAedes } from '../../../lab/brokers/aedes.ts'
import { type Mutation, startMutant } from '../../../lab/brokers/mutating-proxy.ts'
import { open } from '../../../src/broker/connect.ts'
import { readStamp } from '../../../src/broker-bench/load/stamp.ts'
import BrokerBench from '../../../src/commands/broker/bench.ts'
import { jsonOutput } from '../../json-output.ts'
import { runBench } from '../../run-bench.ts'
import { runCommand } from './run-command.ts'

let directory: string
let broker: Awaited<ReturnType<typeof startAedes>>
let url: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-broker-bench-'))
  broker = await startAedes()
  url = `mqtt://127.0.0.1:${broker.port}`
})
afterAll(async () => {
  await broker.stop()
  await rm(directory, { recursive: true })
})

const bench = async (address: string, ...flags: string[]) => {
  const duration = flags.includes('--duration') ? [] : ['--duration', '500ms']
  const { stdout } = await runCommand(BrokerBench, address, '--json', ...duration, ...flags)
  return jsonOutput('broker-bench', stdout)
}

const lossless = { lost: 0, duplicated: 0, reordered: 0, unsent: 0, refused: 0 }

test.concurrent.for([
  ['fan-in', {}, 1],
  ['fan-out', { publishers: 1, subscribers: 5 }, 5],
  ['QoS 1', { qos: 1 }, 1],
  ['QoS 2', { qos: 2, subscribers: 2 }, 2],
  ['the smallest payload', { size: 20 }, 1],
  ['a payload whose length has three bytes', { size: 20_000 }, 1],
] as const)('%s: every message arrives', async ([, load, copies], { expect }) => {
  const report = await runBench({ port: broker.port, load, pace: { rate: 200, durationMs: 500 } })
  const expected = 100 * copies
  expect(report.messages).toEqual({ ...lossless, sent: 100, expected, received: expected })
  expect(report).toMatchObject({ disconnected: 0, exitCode: 0, sentPerSecond: 200 })
  expect(report.latencyMs?.p50).toBeLessThanOrEqual(report.latencyMs?.max ?? 0)
  const counted = report.distribution.reduce((sum, { messages }) => sum + messages, 0)
  expect(counted).toBe(expected)
  expect(report.timeline.reduce((sum, { messages }) => sum + messages, 0)).toBe(expected)
})

test('as fast as the broker takes it', async () => {
  const report = await bench(url, '--rate', 'max', '--qos', '1', '--publishers', '2')
  expect(report.messages).toMatchObject({ ...lossless, expected: report.messages.received })
  expect(report.messages.sent).toBeGreaterThan(500)
  expect(report.load.rate).toBeUndefined()
})

test('loss, duplicates and changes of order are counted exactly', async () => {
  const did = { lost: 0, duplicated: 0, reordered: 0 }
  let held: Buffer | undefined
  let count = 0
  const toClient: Mutation = ({ type, payload, bytes }) => {
    // The first phase warms up.
    if (type !== 'publish' || !payload || readStamp(payload, 0, payload.length)?.phase !== 2) return [bytes]
    if (held) {
      const late = held
      held = undefined
      did.reordered += 1
      return [bytes, late]
    }
    count += 1
    if (count % 10 === 1) {
      did.lost += 1
      return []
    }
    if (count % 10 === 2) {
      did.duplicated += 2
      return [bytes, bytes, bytes]
    }
    if (count % 10 !== 3 || count > 200) return [bytes]
    held = bytes
    return []
  }
  const proxy = await startMutant(broker.port, () => ({ toClient }))
  onTestFinished(() => proxy.stop())
  const report = await bench(`mqtt://127.0.0.1:${proxy.port}`, '--rate', '1000', '--publishers', '1')
  expect(did.lost * did.duplicated * did.reordered).toBeGreaterThan(0)
  expect(report.messages).toEqual({
    ...lossless,
    ...did,
    sent: 500,
    expected: 500,
    received: 500 - did.lost,
  })
  // QoS 0 promises nothing.
  expect(report.exitCode).toBe(0)
})

test('loss with QoS 1 is exit code 3', async () => {
  const toClient: Mutation = ({ type, payload, bytes }) =>
    type === 'publish' && payload && readStamp(payload, 0, payload.length)?.number === 7 ? [] : [bytes]
  const proxy = await startMutant(broker.port, () => ({ toClient }))
  onTestFinished(() => proxy.stop())
  const address = `mqtt://127.0.0.1:${proxy.port}`
  const args = ['--qos', '1', '--rate', '100', '--publishers', '1', '--duration', '500ms']
  const { stdout, exitCode } = await runCommand(BrokerBench, address, ...args)
  expect(stdout).toContain('1 message of 50 lost.')
  expect(exitCode).toBe(3)
})

test('--find-max measures the highest rate that it found, if any', async () => {
  const report = await bench(url, '--find-max', '--p99', '3ms', '--publishers', '1', '--duration', '200ms')
  const { maxRate, tries = [] } = report.search ?? {}
  expect(tries.length).toBeGreaterThan(1)
  expect(tries.at(-1)).toMatchObject({ rate: report.load.rate, held: maxRate !== undefined })
  expect(report.exitCode).toBe(maxRate === undefined ? 3 : 0)
})

test('text to the terminal, and JSON to a file', async () => {
  const file = join(directory, 'bench.json')
  const args = ['--rate', '100', '--duration', '300ms', '--output', 'json', '--report', file]
  const { stdout, stderr, exitCode } = await runCommand(BrokerBench, url, ...args)
  const text = stdout.replaceAll(/\s+/g, ' ')
  expect(text).toContain(
    '10 publishers · 1 subscriber · QoS 0 · 100 B · 100 msg/s · 0.3 s Every message arrived.',
  )
  expect(text).toContain('messages 30 sent, 30 received, 0 lost, 0 duplicated, 0 reordered rate ')
  expect(text).toMatch(/latency p50 [\d.]+ ms, p90 .* max [\d.]+ ms connections 11 in /)
  expect(text).toMatch(/ generator (?:not the limit|edgekit may have been the limit): /)
  expect(stderr).toMatch(/^Connect 11 clients: 11 of 11 \([\d.]+ s\)\nWarm up: 100 msg\/s for 0\.3 s: /)
  expect(jsonOutput('broker-bench', await readFile(file, 'utf8')).messages.received).toBe(30)
  expect(exitCode).toBe(0)
})

test('nothing is left on the broker', async () => {
  const watcher = await open({ host: '127.0.0.1', port: broker.port }, 5_000)
  await bench(url, '--rate', '100', '--qos', '2')
  const left: string[] = []
  watcher.on('message', topic => left.push(topic))
  await watcher.subscribeAsync('#')
  await new Promise(resolve => setTimeout(resolve, 300))
  await watcher.endAsync()
  expect(left).toEqual([])
})

const usage: [flags: string[], words: string][] = [
  [['--rate', '0'], '--rate: "0" is not a number from 1 to 10000000'],
  [['--rate', 'many'], '--rate: "many" is not a number'],
  [['--rate', '1.5'], '--rate: "1.5" is not a number'],
  [['--size', '19'], '--size: "19" is not a number from 20 to 1048576'],
  [['--publishers', '0'], '--publishers: "0" is not a number'],
  [['--subscribers', '-1'], '--subscribers: "-1" is not a number'],
  [['--connect-rate', 'fast'], '--connect-rate: "fast" is not a number'],
  [['--qos', '3'], '--qos: "3" is not one of 0, 1, 2'],
  [['--duration', '0s'], '--duration: "0s" is not a duration'],
  [['--p99', '20'], '--p99: "20" is not a duration'],
]

test.each(usage)('%j is invalid usage', async (flags, words) => {
  const { stdout, stderr, exitCode } = await runCommand(BrokerBench, 'mqtt://127.0.0.1:1', ...flags)
  expect(stderr).toContain(`invalid value for ${words}`)
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
})

test('a load that the broker does not offer to take is refused', async () => {
  const { stdout, stderr, exitCode } = await runCommand(BrokerBench, url, '--shared')
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    `cannot load ${url} like this: it does not offer shared subscriptions`,
  )
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 })
})

test.each([
  ['mqtt://192.0.2.1', [], 'refusing to load mqtt://192.0.2.1:1883: 192.0.2.1 is a public address', 2],
  ['mqtt://127.0.0.1:1', [], 'cannot test mqtt://127.0.0.1:1: connection refused', 5],
  ['mqtt://127.0.0.1:1', ['--subscribers', '90000'], 'cannot open 90010 connections: the ', 3],
])('%s %j is refused', async (address, flags, words, code) => {
  const { stdout, stderr, exitCode } = await runCommand(BrokerBench, address, ...flags)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words)
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code })
})

test('a broker that refuses the second half of the clients', async () => {
  const sockets: net.Socket[] = []
  let connections = 0
  const limited = net.createServer(client => {
    connections += 1
    // The probe opens five.
    if (connections > 10) return client.destroy()
    const upstream = net.connect(broker.port, '127.0.0.1')
    for (const socket of [client, upstream]) sockets.push(socket.on('error', () => undefined))
    client.pipe(upstream).pipe(client)
    return undefined
  })
  await new Promise<void>(resolve => limited.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    limited.close()
  })
  const { port } = limited.address() as AddressInfo
  const { stderr, exitCode } = await runCommand(BrokerBench, `mqtt://127.0.0.1:${port}`)
  expect(stderr).toContain('cannot connect all clients: the broker closed the connection')
  expect(exitCode).toBe(5)
})
