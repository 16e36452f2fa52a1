import { expect, test } from 'vitest'
import { completeCutLine, isCut } from '../../../../src/edgecore/log/cut-lines.ts'

test.each([
  ['connect: connection >', true],
  ['connect: connection…', true],
  ['err=<nil>', false],
  ['>', false],
  ['connect: connection refused', false],
])('%s is cut: %s', (line, expected) => {
  expect(isCut(line)).toBe(expected)
})

test.each([
  ['dial tcp 127.0.0.1:1883: connect: connection >', 'dial tcp 127.0.0.1:1883: connect: connection refused'],
  ['dial tcp 127.0.0.1:1883: connect: c>', 'dial tcp 127.0.0.1:1883: connect: connection refused'],
  ['read: connection res…', 'read: connection reset by peer'],
  ['dial tcp 192.0.2.1:10000: connect: no rou>', 'dial tcp 192.0.2.1:10000: connect: no route to host'],
  [
    'tls: failed to verify certificate: x509: certificate sig>',
    'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  ],
  [
    'message: token validation failure, err: Token is e>',
    'message: token validation failure, err: Token is expired',
  ],
  ['finish hub-client s>', 'finish hub-client sub'],
  ['remote error: tls: bad certificate', 'remote error: tls: bad certificate'],
  ['nothing that is known>', 'nothing that is known'],
])('%s', (line, expected) => {
  expect(completeCutLine(line)).toBe(expected)
})
