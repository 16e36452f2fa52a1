// How many messages `edgekit broker bench` moves through mosquitto, against a plain loop with mqtt.js.

import mqtt, { type MqttClient } from 'mqtt'
import { startMosquitto } from '../lab/brokers/mosquitto.ts'
import { benchBroker } from '../src/broker-bench/run/bench-broker.ts'
import type { Qos } from '../src/mqtt/packet.ts'
import { localNode } from '../src/node/node.ts'
import { median } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const size = 100
const durationMs = 3_000
const pairs = 5
const publishers = 10
/** As many at a time as mosquitto accepts from one client (max_inflight_messages). */
const window = 20
/** Half of the time that the plain loop needs for a message. */
const budget = 0.5

/** Messages per second that reach one subscriber, as a program with mqtt.js would send them. */
async function plainLoop(port: number, qos: Qos): Promise<number> {
  const url = `mqtt://127.0.0.1:${port}`
  const subscriber = await mqtt.connectAsync(url)
  const clients = await Promise.all(Array.from({ length: publishers }, () => mqtt.connectAsync(url)))
  try {
    await subscriber.subscribeAsync('plain', { qos })
    let received = 0
    subscriber.on('message', () => {
      received += 1
    })
    const started = performance.now()
    await Promise.all(clients.map(client => publishUntil(client, qos, started + durationMs)))
    return received / ((performance.now() - started) / 1000)
  } finally {
    await Promise.all([subscriber, ...clients].map(client => client.endAsync(true)))
  }
}

async function publishUntil(client: MqttClient, qos: Qos, endMs: number): Promise<void> {
  const payload = Buffer.alloc(size, 'edgekit ')
  const loop = async (): Promise<void> => {
    while (performance.now() < endMs) await client.publishAsync('plain', payload, { qos })
  }
  await Promise.all(Array.from({ length: window }, loop))
}

async function edgekit(port: number, qos: Qos): Promise<number> {
  const report = await benchBroker({
    target: { host: '127.0.0.1', port },
    load: { publishers, subscribers: 1, shared: false, qos, size },
    pace: { rate: undefined, durationMs },
    findMaxP99Ms: undefined,
    connectPerSecond: 200,
    isOwnBroker: false,
    edgekitVersion: 'bench',
    node: localNode(),
    signal: new AbortController().signal,
    runStep: (_, work) => work(() => undefined),
  })
  return report.receivedPerSecond
}

/** Both in turn, so that a busy machine slows both. */
async function compareAt(qos: Qos): Promise<Row> {
  // Otherwise it drops what waits for the subscriber.
  const broker = await startMosquitto('trixie', ['max_queued_messages 0', 'log_type error'])
  try {
    const rates: { ours: number; plain: number }[] = []
    for (let pair = 0; pair < pairs; pair += 1)
      rates.push({ ours: await edgekit(broker.port, qos), plain: await plainLoop(broker.port, qos) })
    const shown = (rate: number): string => `${(rate / 1000).toFixed(1)} k/s`
    return {
      what: `time for a message of QoS ${qos}, ${size} B`,
      ours: shown(median(rates.map(({ ours }) => ours))),
      reference: shown(median(rates.map(({ plain }) => plain))),
      ratio: median(rates.map(({ ours, plain }) => plain / ours)),
      budget,
    }
  } finally {
    await broker.stop()
  }
}

export default async function broker(): Promise<Row[]> {
  return [await compareAt(0), await compareAt(1)]
}
