import type mqtt from 'mqtt'
import { deadline } from '../lib/deadline.ts'
import { EdgekitError } from '../lib/errors.ts'
import { slowness } from '../lib/slowness.ts'

const timeoutMs = 10_000 * slowness()
/** A slow link that a large message still passes in time. */
const bytesPerMs = 20

interface Limits {
  /** What the broker must do, such as `acknowledge the message`. */
  what: string
  signal: AbortSignal
  /** Bytes that are on their way. */
  bytes?: number
  usualMs?: number
}

/**
 * Waits for the answer of a broker, such as an acknowledgment, which mqtt.js would wait for without end. Throws EdgekitError
 * (broker-unreachable) when there is none in 10 s, later for large messages and on a slow machine, or when the broker closes the
 * connection; the reason of the signal when that is aborted.
 */
export async function awaitAnswer<T>(
  answer: Promise<T>,
  client: mqtt.MqttClient,
  { what, signal, bytes = 0, usualMs = timeoutMs }: Limits,
): Promise<T> {
  using end = deadline(usualMs + bytes / bytesPerMs)
  const { promise: failed, reject } = Promise.withResolvers<never>()
  const onClose = (): void => reject(connectionLost())
  const onAbort = (): void => reject(signal.reason)
  client.once('close', onClose)
  signal.addEventListener('abort', onAbort, { once: true })
  end.signal.addEventListener('abort', () => reject(noAnswer(what)), { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([answer, failed])
  } finally {
    client.off('close', onClose)
    signal.removeEventListener('abort', onAbort)
  }
}

const remedy = 'On the node of the broker, find out why:\n  edgekit logs broker --lines 50'

export const connectionLost = (): EdgekitError =>
  new EdgekitError('the broker closed the connection', { code: 'broker-unreachable', remedy })

const noAnswer = (what: string): EdgekitError =>
  new EdgekitError(`the broker did not ${what} in time`, { code: 'broker-unreachable', remedy })
