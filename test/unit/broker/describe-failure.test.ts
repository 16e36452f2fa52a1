import { expect, test } from 'vitest'
import { describeFailure } from '../../../src/broker/describe-failure.ts'

const failed = (message: string, fields: Partial<NodeJS.ErrnoException> = {}): Error =>
  Object.assign(new Error(message), fields)
const refused = failed('connect ECONNREFUSED ::1:1883', {
  code: 'ECONNREFUSED',
  errno: -111,
  syscall: 'connect',
})

test.each([
  ['no answer', failed('connack timeout'), 'no answer within 2 s'],
  ['a closed port', refused, 'connection refused'],
  ['a closed port on every address', new AggregateError([refused, refused]), 'connection refused'],
  [
    'a reset',
    failed('read ECONNRESET', { code: 'ECONNRESET', errno: -104, syscall: 'read' }),
    'connection reset by peer',
  ],
  [
    'an unknown host',
    failed('getaddrinfo ENOTFOUND x', { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo' }),
    'host name not found',
  ],
  [
    'plain MQTT on a TLS port',
    failed('wrong version number', { code: 'EPROTO' }),
    'the TLS handshake failed',
  ],
  [
    'a TLS alert',
    failed('tlsv1 alert', { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' }),
    'the TLS handshake failed',
  ],
  [
    'a damaged key',
    failed('bad base64 decode', { code: 'ERR_OSSL_PEM_BAD_BASE64_DECODE' }),
    'the client certificate or its key cannot be read',
  ],
  [
    'a web server',
    failed('Invalid header flag bits, must be 0x0 for connack packet'),
    'what answers is not an MQTT broker',
  ],
  ['an unknown packet', failed('Malformed connack'), 'what answers is not an MQTT broker'],
  ['anything else', failed('whatever the library says'), 'the connection failed'],
])('%s', (_, error, reason) => {
  expect(describeFailure(error, 2_000)).toBe(reason)
})
