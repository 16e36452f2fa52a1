import { afterEach, expect, test, vi } from 'vitest'
import { tlsFailure } from '../../../src/http/tls-failure.ts'

afterEach(() => {
  vi.useRealTimers()
})

const failureOf = (code: string) =>
  tlsFailure('registry.example', Object.assign(new Error('text of OpenSSL'), { code }))

test.each([
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown CA', '--ca-file FILE'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown CA', '--ca-file FILE'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown CA', '--ca-file FILE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown CA', '--ca-file FILE'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another host name', 'Use a host name'],
  ['CERT_HAS_EXPIRED', 'it has expired', 'Renew the certificate'],
  ['CERT_HAS_EXPIRED', 'it has expired', 'the clock of this machine: it reads 2020-01-01 00:00 UTC.'],
  [
    'CERT_NOT_YET_VALID',
    'it is not valid yet',
    'Correct the clock of this machine, which reads 2020-01-01 00:00 UTC:\n  timedatectl set-ntp true',
  ],
  ['CERT_REVOKED', 'it is invalid', 'Replace the certificate'],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'it is invalid', 'Replace the certificate'],
])('%s: %s', (code, reason, remedy) => {
  vi.useFakeTimers({ now: new Date('2020-01-01T00:00:00Z') })
  expect(failureOf(code)).toMatchObject({
    code: 'tls-failure',
    message: `registry.example: its certificate is not trusted: ${reason}`,
    remedy: expect.stringContaining(remedy),
  })
})

test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'])('%s: no TLS', code => {
  expect(failureOf(code)).toMatchObject({
    message: 'registry.example: the server does not use TLS, or no version that edgekit supports',
    remedy: expect.stringContaining('--registry-mirror HOST=http://HOST:PORT'),
  })
})

test('other errors are not TLS failures', () => {
  expect(failureOf('ECONNRESET')).toBeUndefined()
  expect(tlsFailure('registry.example', new Error('text'))).toBeUndefined()
})
