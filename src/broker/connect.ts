import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import type mqtt from 'mqtt'
import { deadline } from '../lib/deadline.ts'
import { hostPort } from '../lib/format.ts'
import { closedEarly, describeFailure } from './describe-failure.ts'

/** Loaded at the first connection: loading takes longer than the broker needs to answer. */
let loaded: typeof mqtt | undefined

export interface BrokerAddress {
  host: string
  port: number
}

/** Where to connect, with credentials: never store or print it. */
export interface BrokerEndpoint extends BrokerAddress {
  login?: { username: string; password: string } | undefined
  /** Undefined: plain MQTT. `verify`: refuse a certificate that the CA did not issue, or that is not for this host unless
   * `anyName` is set. */
  tls?: { ca?: string; cert?: string; key?: string; verify?: true; anyName?: true } | undefined
  /** MQTT over WebSockets. */
  websockets?: boolean
  /** The path of the WebSocket. */
  path?: string
}

/** A session that the broker keeps after the client disconnects (MQTT 5, section 3.1.2.11.2). */
interface Session {
  clientId: string
  /** Begin a new session instead of resuming one. */
  clean: boolean
  expirySeconds: number
  /** The most QoS 1 messages that the broker sends before they are acknowledged (3.1.2.11.3). */
  receiveMaximum?: number
  /** Bytes; the broker drops larger ones (3.1.2.11.4). */
  maximumPacketSize?: number
  /**
   * Called before CONNECT is sent: the broker sends what it has queued right after it accepts, before an `await` returns.
   */
  prepare: (client: mqtt.MqttClient) => void
}

/**
 * Open one MQTT connection; version 4 is MQTT 3.1.1, which EdgeCore uses, and a session needs version 5. Throws unless the
 * broker accepts within `timeoutMs`, and before the signal is aborted.
 */
export async function open(
  endpoint: BrokerEndpoint,
  timeoutMs: number,
  version: 4 | 5 = 4,
  session?: Session,
  signal?: AbortSignal,
): Promise<mqtt.MqttClient> {
  const { host, port, login, tls, path = '' } = endpoint
  const options = {
    clientId: session?.clientId ?? `edgekit-${randomUUID().slice(0, 8)}`,
    protocolVersion: version,
    clean: session?.clean ?? true,
    reconnectPeriod: 0,
    connectTimeout: timeoutMs,
    // The cache would allocate 65536 buffers first, which takes longer than the whole probe.
    writeCache: false,
    ...(session && { properties: sessionProperties(session) }),
    ...login,
    // EdgeCore verifies the certificate itself, and its log shows the result.
    ...(tls && secureOptions(tls)),
  } as const
  loaded ??= (await import('mqtt')).default
  const client = loaded.connect(`${protocol(endpoint)}://${hostPort(host, port)}${path}`, options)
  session?.prepare(client)
  const stop = (): void => void client.end(true)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    await accepted(client)
  } catch (error) {
    client.end()
    signal?.throwIfAborted()
    throw refusalOf(error) === undefined
      ? new Error(describeFailure(error, timeoutMs), { cause: error })
      : error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
  // Otherwise the kernel delays each short message up to 40 ms until the previous one is acknowledged.
  if (client.stream instanceof Socket) client.stream.setNoDelay()
  return client
}

function secureOptions({ verify, anyName, ...tls }: NonNullable<BrokerEndpoint['tls']>) {
  return {
    ...tls,
    rejectUnauthorized: verify ?? false,
    // The client does not pass this on to a WebSocket by itself, whose types have another result for "no error".
    ...(anyName && {
      checkServerIdentity: () => undefined,
      wsOptions: { checkServerIdentity: () => false },
    }),
  }
}
const sessionProperties = ({ expirySeconds, receiveMaximum, maximumPacketSize }: Session) => ({
  sessionExpiryInterval: expirySeconds,
  ...(receiveMaximum !== undefined && { receiveMaximum }),
  ...(maximumPacketSize !== undefined && { maximumPacketSize }),
})

const protocol = ({ tls, websockets }: BrokerEndpoint): string =>
  websockets ? (tls ? 'wss' : 'ws') : tls ? 'mqtts' : 'mqtt'

/** Rejects also when the broker closes the connection without an answer, as mosquitto does at max_connections. */
const accepted = (client: mqtt.MqttClient): Promise<void> =>
  new Promise((resolve, reject) => {
    client.once('connect', () => resolve())
    // Later errors also close the connection, which callers listen for.
    client.on('error', reject)
    client.once('close', () => reject(new Error(closedEarly)))
  })

/** Disconnect; after 500 ms without an answer, close the connection. A session expires as agreed, or with `endSession` now. */
export async function close(client: mqtt.MqttClient, { endSession = false } = {}): Promise<void> {
  const options = endSession ? { properties: { sessionExpiryInterval: 0 } } : {}
  using end = deadline(500)
  await Promise.race([client.endAsync(options), end.passed])
  // Not `end(true)`: a second end() does nothing while the first one waits.
  client.stream.destroy()
}

/** The return code when the broker refuses a client, for example without a password (CONNACK, MQTT 3.1.1, 3.2.2.3). */
export const refusalOf = (error: unknown): number | undefined =>
  loaded && error instanceof loaded.ErrorWithReasonCode && typeof error.code === 'number'
    ? error.code
    : undefined
