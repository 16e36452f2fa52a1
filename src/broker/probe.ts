import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'

export interface BrokerAddress {
  host: string
  port: number
}

/** Open one MQTT 3.1.1 connection, the version EdgeCore speaks. Rejects when the broker does not accept within `timeoutMs`. */
async function open({ host, port }: BrokerAddress, timeoutMs: number): Promise<mqtt.MqttClient> {
  const options = {
    clientId: `edgekit-${randomUUID().slice(0, 8)}`,
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
  } as const
  // `false`: a broker that hangs up without a word (mosquitto at max_connections does) is a failure, not silence.
  return mqtt.connectAsync(`mqtt://${host}:${port}`, options, false)
}

/** Say goodbye; to a broker that does not answer it, hang up. */
async function close(client: mqtt.MqttClient): Promise<void> {
  await Promise.race([client.endAsync(), sleep(500, undefined, { ref: false })])
  // Not `end(true)`: while the first end() waits, a second one does nothing.
  client.stream.destroy()
}

/** A busy node may need a second; one that needs more is frozen. */
const attemptMs = 2_000

/** Did the broker itself say no, for want of a password say? Then `code` is the return code of its CONNACK (MQTT 3.1.1, 3.2.2.3). */
const isRefusal = (error: unknown): boolean =>
  error instanceof mqtt.ErrorWithReasonCode && typeof error.code === 'number'

/**
 * Wait until a broker answers an MQTT CONNECT, be it with a refusal. That a port is open proves nothing: the kernel
 * accepts for a frozen broker, and another program may hold the port. It is asked at least once; after `timeoutMs`, or
 * as soon as it is no longer worth waiting, this throws the last reason.
 */
export async function waitForBroker(
  address: BrokerAddress,
  timeoutMs: number,
  worthWaiting: () => Promise<boolean> = async () => true,
): Promise<void> {
  const end = Date.now() + timeoutMs
  for (;;) {
    try {
      await close(await open(address, attemptMs))
      return
    } catch (error) {
      if (isRefusal(error)) return
      if (Date.now() >= end || !(await worthWaiting())) throw error
      await sleep(100)
    }
  }
}

/**
 * Publish one message at QoS 1 and receive it again through a subscription; the answer is the time that took, in
 * milliseconds. The topic is edgekit's own: EdgeCore subscribes to none that matches it, so nothing reaches the cloud.
 */
export async function roundTrip(address: BrokerAddress, timeoutMs: number): Promise<number> {
  const client = await open(address, timeoutMs)
  const late = sleep(timeoutMs, undefined, { ref: false }).then(() => {
    throw new Error(`no message came back within ${timeoutMs / 1000} s`)
  })
  try {
    return await Promise.race([echo(client), late])
  } finally {
    await close(client)
  }
}

async function echo(client: mqtt.MqttClient): Promise<number> {
  const topic = `edgekit/doctor/${randomUUID()}`
  await client.subscribeAsync(topic, { qos: 1 })
  const started = performance.now()
  const received = new Promise<void>((resolve, reject) => {
    client.once('message', () => resolve())
    client.once('close', () => reject(new Error('the broker closed the connection')))
  })
  await Promise.all([client.publishAsync(topic, 'edgekit', { qos: 1 }), received])
  return performance.now() - started
}
