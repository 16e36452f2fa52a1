import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import { close, open } from '../../src/broker/connect.ts'
import { testAll } from './golden.ts'

const edgekit = fileURLToPath(new URL('../../bin/edgekit.js', import.meta.url))
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
const sessions = numbers(20).map(index => `plant-${index}`)

let broker: LabBroker
beforeAll(async () => {
  broker = await startMosquitto('trixie', ['sys_interval 1'])
})
afterAll(() => broker.stop())

const endpoint = () => ({ host: '127.0.0.1', port: broker.port })

/** A session that the broker keeps, and what it has received, with all that belongs to a message. */
async function resume(clientId: string): Promise<{ client: MqttClient; received: string[] }> {
  const received: string[] = []
  const client = await open(endpoint(), 5_000, 5, {
    clientId,
    clean: false,
    expirySeconds: 3_600,
    prepare: connecting =>
      connecting.on('message', (topic, payload, { qos, retain, properties = {} }) =>
        received.push(JSON.stringify({ topic, payload: payload.toString('hex'), qos, retain, properties })),
      ),
  })
  return { client, received }
}

/** What other programs keep on the broker. */
async function fill(): Promise<void> {
  const publisher = await open(endpoint(), 5_000, 5)
  for (const index of numbers(50))
    await publisher.publishAsync(`plant/line/${index}`, Buffer.from([index, 0, 0xff, index]), {
      retain: true,
      qos: 1,
      properties: { contentType: 'bytes', userProperties: { number: `${index}`, second: 'b' } },
    })
  for (const clientId of sessions) {
    const { client } = await resume(clientId)
    await client.subscribeAsync(`orders/${clientId}/+`, { qos: 2 })
    await close(client)
    for (const qos of [1, 2] as const)
      await publisher.publishAsync(`orders/${clientId}/${qos}`, Buffer.from([qos, 0xfe]), {
        qos,
        properties: { correlationData: Buffer.from(clientId) },
      })
  }
  await close(publisher)
}

/** All retained messages and all queued ones, in a fixed order. Reading a queue empties it, so it is filled again. */
async function contents(): Promise<{ retained: string[]; queued: string[]; clients: number }> {
  const { client, received } = await resume('observer')
  await client.subscribeAsync(['#', '$SYS/broker/clients/total'])
  await sleep(2_500)
  const all = received.map(text => JSON.parse(text) as { topic: string; payload: string })
  const total = all.findLast(({ topic }) => topic.startsWith('$SYS'))
  await client.unsubscribeAsync(['#', '$SYS/broker/clients/total'])
  await close(client, { endSession: true })
  const queued: string[] = []
  for (const clientId of sessions) {
    const session = await resume(clientId)
    await expect.poll(() => session.received.length, { timeout: 5_000 }).toBe(2)
    queued.push(...session.received.map(text => `${clientId} ${text}`))
    await close(session.client)
  }
  return {
    retained: received.filter(text => !text.includes('$SYS')).toSorted(),
    queued: queued.toSorted(),
    clients: Number(Buffer.from(total?.payload ?? '', 'hex').toString()),
  }
}

test('what others keep on the broker is the same afterwards', async () => {
  await fill()
  const before = await contents()
  expect(before.retained).toHaveLength(50)
  expect(before.queued).toHaveLength(40)
  // The sessions, and the observer.
  expect(before.clients).toBe(sessions.length + 1)

  await fill()
  const { leftovers } = await testAll(broker)
  expect(leftovers).toEqual([])
  expect(await contents()).toEqual(before)
})

test('--cleanup removes what a killed run left, and nothing else', async () => {
  await fill()
  const before = await contents()
  await fill()
  const records = join(process.env['XDG_STATE_HOME'] ?? '', 'edgekit/broker-test')
  const run = (...args: string[]) => spawn(process.execPath, [edgekit, 'broker', 'test', ...args])
  const killed = run(`mqtt://127.0.0.1:${broker.port}`)
  const lines = async (): Promise<string[]> => {
    const [name] = await readdir(records).catch(() => [])
    return name === undefined ? [] : (await readFile(join(records, name), 'utf8')).split('\n')
  }
  await expect.poll(async () => (await lines()).length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(40)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  const [record = ''] = await readdir(records)
  // Something is left, of which the record knows.
  expect((await lines()).some(line => line.includes('retained'))).toBe(true)

  const cleaning = run('--cleanup', record.replace('.jsonl', ''))
  const [code] = (await once(cleaning, 'exit')) as [number]
  expect(code).toBe(0)
  expect(await readdir(records)).toEqual([])
  expect(await contents()).toEqual(before)
})
