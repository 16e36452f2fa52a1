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

/** The last message of each topic. One of an earlier run may come first, if the broker has lost its acknowledgment. */
const last = `last ${Date.now()}`

/** Collects messages until the last ones of `topics` topics have come, which a broker delivers in order, and disconnects. */
async function collect(client: MqttClient, topics: number): Promise<[topic: string, number: number][]> {
  const found: [string, number][] = []
  await new Promise<void>(resolve => {
    let ended = 0
    client.on('message', (topic, payload) => {
      const text = payload.toString()
      if (text === last && ++ended === topics) resolve()
      else if (/^\d+$/.test(text)) found.push([topic, Number(text)])
    })
  })
  await client.endAsync()
  return found
}

/** What a session gets when it connects. */
async function reopen(clientId: string): Promise<Pick<Kept, 'sessionPresent' | 'queued'>> {
  const session = start({ clientId, clean: false })
  const found = collect(session, 1)
  const { sessionPresent } = await connected(session)
  if (!sessionPresent) await session.endAsync()
  return { sessionPresent, queued: sessionPresent ? (await found).map(([, number]) => number) : [] }
}

/** Prints what each session gets when it connects, and what is retained for it. */
async function receive(): Promise<void> {
  const reader = start({ clientId: 'soak-reader' })
  const found = collect(reader, names.length)
  await connected(reader)
  await reader.subscribeAsync('soak/#', { qos: 1 })
  const sessions = names.map(reopen)
  const sender = start({ clientId: 'soak-sender' })
  await connected(sender)
  for (const name of names) await sender.publishAsync(topicOf(name), last, { qos: 1 })
  await sender.endAsync()
  const retained = new Map(await found)
  const kept = (await Promise.all(sessions)).map((session, index) => ({
    ...session,
    retained: retained.get(topicOf(names[index] ?? '')),
  }))
  process.stdout.write(JSON.stringify(kept satisfies Kept[]))
}

await (mode === 'send' ? send() : receive())
