// Runs on the host in the network of a node: `send SESSIONS FIRST`, or `receive SESSIONS`. See sessions.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { Kept, Sent } from './sessions.ts'

const [mode = '', count = '', first = ''] = process.argv.slice(2)
const names = Array.from({ length: Number(count) }, (_, index) => `soak-${index}`)
const topicOf = (name: string): string => `soak/${name}`

const start = (options: IClientOptions): MqttClient =>
  mqtt.connect('mqtt://127.0.0.1:1883', { reconnectPeriod: 0, ...options })

const connected = (client: MqttClient): Promise<{ sessionPresent: boolean }> =>
  new Promise(resolve => client.once('connect', resolve))

/** Creates the durable sessions, then publishes until the broker is gone; prints what the broker has acknowledged. */
async function send(): Promise<void> {
  for (const clientId of names) {
    const session = start({ clientId, clean: false })
    await connected(session)
    await session.subscribeAsync(topicOf(clientId), { qos: 1 })
    await session.endAsync()
  }
  const client = start({ clientId: 'soak-sender' })
  client.on('close', () => process.exit())
  await connected(client)
  for (let number = Number(first); ; number++) {
    const name = names[number % names.length] ?? ''
    await client.publishAsync(topicOf(name), `${number}`, { qos: 1, retain: true })
    process.stdout.write(`${JSON.stringify({ number, time: Date.now() } satisfies Sent)}\n`)
    await sleep(20)
  }
}

/** Collects messages until none has come for a second, and disconnects. */
async function collect(client: MqttClient): Promise<[topic: string, number: number][]> {
  const found: [string, number][] = []
  client.on('message', (topic, payload) => found.push([topic, Number(payload)]))
  for (let seen = -1; seen !== found.length; ) {
    seen = found.length
    await sleep(1000)
  }
  await client.endAsync()
  return found
}

/** Prints what each session gets when it connects, and what is retained for it. */
async function receive(): Promise<void> {
  const reader = start({ clientId: 'soak-reader' })
  await connected(reader)
  const [found] = await Promise.all([collect(reader), reader.subscribeAsync('soak/#', { qos: 0 })])
  const retained = new Map(found)
  const kept = names.map(async (clientId): Promise<Kept> => {
    const session = start({ clientId, clean: false })
    const queued = collect(session)
    const { sessionPresent } = await connected(session)
    return {
      sessionPresent,
      queued: (await queued).map(([, number]) => number),
      retained: retained.get(topicOf(clientId)),
    }
  })
  process.stdout.write(JSON.stringify(await Promise.all(kept)))
}

await (mode === 'send' ? send() : receive())
