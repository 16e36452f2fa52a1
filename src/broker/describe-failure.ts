import { messageOf } from '../lib/errors.ts'

/** The broker, or what uses its port, hung up before it accepted or refused the client. */
export const closedEarly = 'the connection was closed without an answer'

/** mqtt-packet 9 on bytes that are not MQTT. */
const notMqtt = /header flag|malformed|parse|packet|variable byte integer|remaining length|protocol/i

/**
 * Why an MQTT connection failed. The client's own messages do not fit: some name library internals (`connack timeout`), and
 * some are empty.
 */
export function describeFailure(error: unknown, timeoutMs: number): string {
  // One error for each address of a host name.
  if (error instanceof AggregateError) return describeFailure(error.errors[0], timeoutMs)
  const { code = '', errno, message } = error as NodeJS.ErrnoException
  if (message === closedEarly) return closedEarly
  if (message === 'connack timeout') return `no answer within ${timeoutMs / 1000} s`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'the TLS handshake failed'
  if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_CRYPTO'))
    return 'the client certificate or its key cannot be read'
  if (errno !== undefined || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return messageOf(error)
  return notMqtt.test(message) ? 'what answers is not an MQTT broker' : 'the connection failed'
}
