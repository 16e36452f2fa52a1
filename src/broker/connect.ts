import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type mqtt from 'mqtt'

/** It takes longer to load than the broker takes to answer: not before somebody connects. */
let loaded: typeof mqtt | undefined

export interface BrokerAddress {
  host: string
  port: number
}

/** Where and as whom to connect. Secret: it is not to be kept. */
export interface BrokerEndpoint extends BrokerAddress {
  login?: { username: string; password: string } | undefined
  /** Undefined: plain MQTT. */
  tls?: { ca?: string; cert?: string; key?: string } | undefined
}

/** Open one MQTT connection; 4 is MQTT 3.1.1, the version EdgeCore speaks. Rejects when the broker does not accept within `timeoutMs`. */
export async function open(
  door: BrokerEndpoint,
  timeoutMs: number,
  version: 4 | 5 = 4,
): Promise<mqtt.MqttClient> {
  const { host, port, login, tls } = door
  const options = {
    clientId: `edgekit-${randomUUID().slice(0, 8)}`,
    protocolVersion: version,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    // It would make 65536 buffers first, which takes longer than all there is to say.
    writeCache: false,
    ...login,
    // EdgeCore looks at the certificate only with TLS switched on; whether it would take it, its log says.
    ...(tls && { ...tls, rejectUnauthorized: false }),
  } as const
  // `false`: a broker that hangs up without a word (mosquitto at max_connections does) is a failure, not silence.
  loaded ??= (await import('mqtt')).default
  const client = await loaded.connectAsync(`${tls ? 'mqtts' : 'mqtt'}://${host}:${port}`, options, false)
  // Or the kernel keeps each short message back until the one before it is acknowledged, for 40 ms.
  if (client.stream instanceof Socket) client.stream.setNoDelay()
  return client
}

/** Say goodbye; to a broker that does not answer it, hang up. */
export async function close(client: mqtt.MqttClient): Promise<void> {
  await Promise.race([client.endAsync(), sleep(500, undefined, { ref: false })])
  // Not `end(true)`: while the first end() waits, a second one does nothing.
  client.stream.destroy()
}

/** Did the broker itself say no, for want of a password say? Then the return code of its CONNACK (MQTT 3.1.1, 3.2.2.3). */
export const refusalOf = (error: unknown): number | undefined =>
  loaded && error instanceof loaded.ErrorWithReasonCode && typeof error.code === 'number'
    ? error.code
    : undefined
