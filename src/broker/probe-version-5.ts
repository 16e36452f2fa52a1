import { randomUUID } from 'node:crypto'
import type mqtt from 'mqtt'
import { deadline } from '../lib/deadline.ts'
import { messageOf } from '../lib/errors.ts'
import { type BrokerEndpoint, close, open } from './connect.ts'
import type { Delivery, ProbeResult } from './probe-result.ts'

/** When edgekit is killed half-way, the broker removes the session after this time. */
const expirySeconds = 60

type Found = Pick<Extract<ProbeResult, { qos0: unknown }>, 'mqtt5' | 'offline'>

/** Opens a connection; all are closed at the end. */
type Connect = (session?: {
  clean: boolean
  prepare: (client: mqtt.MqttClient) => void
}) => Promise<mqtt.MqttClient>

/**
 * Connect with MQTT 5, and find out whether a durable session receives a message that was published while it was offline.
 * Connecting may take `timeoutMs`, and everything else the same again. Never throws.
 */
export async function probeVersion5(endpoint: BrokerEndpoint, timeoutMs: number): Promise<Found> {
  const opened: mqtt.MqttClient[] = []
  const clientId = `edgekit-${randomUUID()}`
  let isOver = false
  const connect: Connect = async session => {
    const client = await open(endpoint, timeoutMs, 5, session && { ...session, clientId, expirySeconds })
    opened.push(client)
    if (isOver) await close(client)
    return client
  }
  try {
    const subscriber = await connect({ clean: true, prepare: () => undefined })
    using end = deadline(timeoutMs)
    const late = end.passed.then(() => {
      isOver = true
      return { failure: 'no message came back in time' }
    })
    const offline = Promise.race([late, deliverOffline(subscriber, connect)])
    return {
      mqtt5: { accepted: true },
      offline: await offline.catch(error => ({ failure: messageOf(error) })),
    }
  } catch (error) {
    return { mqtt5: { failure: messageOf(error) }, offline: undefined }
  } finally {
    // A connection that opens from now on is closed at once.
    isOver = true
    await Promise.all(opened.map(client => close(client, { endSession: true })))
  }
}

/** The topic has the prefix of EdgeCore's topics, which an access list must allow. */
async function deliverOffline(subscriber: mqtt.MqttClient, connect: Connect): Promise<Delivery> {
  const topic = `$hw/events/edgekit/${randomUUID()}`
  const [publisher] = await Promise.all([connect(), subscriber.subscribeAsync(topic, { qos: 1 })])
  await close(subscriber)
  // Resolves when the broker has acknowledged the message.
  await publisher.publishAsync(topic, 'edgekit', { qos: 1 })
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const onMessage = (received: string): void => {
      if (received === topic) resolve({ ms: performance.now() - started })
    }
    connect({ clean: false, prepare: client => client.on('message', onMessage) }).catch(reject)
  })
}
