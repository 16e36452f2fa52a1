import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type mqtt from 'mqtt'
import { messageOf } from '../lib/errors.ts'

/** Loaded at the first connection: loading takes longer than the broker needs to answer. */
let loaded: typeof mqtt | undefined

export interface BrokerAddress {
  host: string
  port: number
}

/** Where to connect, with credentials: never store or print it. */
export interface BrokerEndpoint extends BrokerAddress {
  login?: { username: string; password: string } | undefined
  /** Undefined: plain MQTT. */
  tls?: { ca?: string; cert?: string; key?: string } | undefined
}

/** Open one MQTT connection; version 4 is MQTT 3.1.1, which EdgeCore uses. Throws unless the broker accepts within `timeoutMs`. */
export async function open(
  endpoint: BrokerEndpoint,
  timeoutMs: number,
  version: 4 | 5 = 4,
): Promise<mqtt.MqttClient> {
  const { host, port, login, tls } = endpoint
  const options = {
    clientId: `edgekit-${randomUUID().slice(0, 8)}`,
    protocolVersion: version,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    // The cache would allocate 65536 buffers first, which takes longer than the whole probe.
    writeCache: false,
    ...login,
    // EdgeCore verifies the certificate itself, and its log shows the result.
    ...(tls && { ...tls, rejectUnauthorized: false }),
  } as const
  // `false`: a broker that closes the connection without an answer (mosquitto at max_connections) is a failure.
  loaded ??= (await import('mqtt')).default
  const url = `${tls ? 'mqtts' : 'mqtt'}://${host}:${port}`
  const client = await loaded.connectAsync(url, options, false).catch(error => {
    const isLate = messageOf(error) === 'connack timeout'
    throw isLate ? new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error }) : error
  })
  // Otherwise the kernel delays each short message up to 40 ms until the previous one is acknowledged.
  if (client.stream instanceof Socket) client.stream.setNoDelay()
  return client
}

/** Disconnect; after 500 ms without an answer, close the connection. */
export async function close(client: mqtt.MqttClient): Promise<void> {
  await Promise.race([client.endAsync(), sleep(500, undefined, { ref: false })])
  // Not `end(true)`: a second end() does nothing while the first one waits.
  client.stream.destroy()
}

/** The return code when the broker refuses a client, for example without a password (CONNACK, MQTT 3.1.1, 3.2.2.3). */
export const refusalOf = (error: unknown): number | undefined =>
  loaded && error instanceof loaded.ErrorWithReasonCode && typeof error.code === 'number'
    ? error.code
    : undefined
