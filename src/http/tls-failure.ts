import { EdgekitError } from '../lib/errors.ts'
import { shortTime } from '../lib/format.ts'

/** TLS failed: the server could not be authenticated, or does not use TLS. A retry does not help. */
export class TlsFailure extends EdgekitError {}

interface Explanation {
  /** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
  codes: RegExp
  reason: string
  remedy: () => string
}

/** The clock decides whether a certificate is valid, so messages state what it reads. */
const clock = (): string => shortTime(new Date().toISOString())

/** The first match counts. */
const explanations: readonly Explanation[] = [
  {
    codes: /^(?:UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_)/,
    reason: 'its certificate is not trusted: unknown CA',
    remedy: () =>
      'Trust the CA with --ca-file FILE (PEM). Company registries and TLS-inspecting proxies have a CA of their own.',
  },
  {
    codes: /^(?:ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH)/,
    reason: 'its certificate is not trusted: it is for another host name',
    remedy: () =>
      'Use a host name that the certificate contains, or sign in to the network: a login page answers with its own certificate.',
  },
  {
    codes: /^CERT_HAS_EXPIRED/,
    reason: 'its certificate is not trusted: it has expired',
    remedy: () =>
      `Renew the certificate of the server, or correct the clock of this machine: it reads ${clock()}.`,
  },
  {
    codes: /^CERT_NOT_YET_VALID/,
    reason: 'its certificate is not trusted: it is not valid yet',
    remedy: () => `Correct the clock of this machine, which reads ${clock()}:\n  timedatectl set-ntp true`,
  },
  {
    codes: /^(?:CERT_|CRL_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_CERT)/,
    reason: 'its certificate is not trusted: it is invalid',
    remedy: () => 'Replace the certificate of the server.',
  },
  {
    codes: /^(?:ERR_SSL_|EPROTO)/,
    reason: 'the server does not use TLS, or no version that edgekit supports',
    remedy: () => 'If the registry is unencrypted, use --registry-mirror HOST=http://HOST:PORT.',
  },
]

/** The TlsFailure for a connection error, or undefined when TLS is not its cause. */
export function tlsFailure(host: string, error: unknown): TlsFailure | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const code = String(error.code)
  const found = explanations.find(({ codes }) => codes.test(code))
  if (found === undefined) return undefined
  return new TlsFailure(`${host}: ${found.reason}`, {
    code: 'tls-failure',
    remedy: found.remedy(),
    cause: error,
  })
}
