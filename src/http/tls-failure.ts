import { EdgekitError } from '../lib/errors.ts'

/** The server could not prove who it is. Asking again does not help. */
export class TlsFailure extends EdgekitError {}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const certificateErrors =
  /^(?:CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME|ERROR_IN_CERT)/
/** The other side does not speak TLS, or none that both know. */
const protocolErrors = /^(?:ERR_SSL_|EPROTO)/

/** The failure of a connection as a TlsFailure, when it is one. */
export function tlsFailure(host: string, error: unknown): TlsFailure | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const code = String(error.code)
  const failure = (message: string, remedy: string): TlsFailure =>
    new TlsFailure(`${host}: ${message}`, { code: 'tls-failure', remedy, cause: error })
  if (certificateErrors.test(code)) {
    return failure(
      // What follows the semicolon is advice for who starts Node.js themselves.
      `its certificate is not trusted: ${error.message.split(';')[0]} (${code})`,
      'If it was issued by an authority of your own (a company registry, a proxy that opens TLS), name that authority with --ca-file FILE (PEM). If the name does not match, use the name the certificate has.',
    )
  }
  if (protocolErrors.test(code)) {
    return failure(
      `no TLS with this server (${code})`,
      'If it answers without encryption, say so with --registry-mirror HOST=http://HOST:PORT.',
    )
  }
  return undefined
}
