/** Go's texts for Node.js error codes. */
const reasons: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
}

/** The reason of a failed system call in Go's words, without its object. */
export function goReason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message
}

/** A failed dial, as Go's net package words it. */
export function dialError(network: string, address: string, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `dial ${network}: lookup ${address.replace(/:\d+$/, '')}: no such host`
  const reason = goReason(cause)
  return `dial ${network} ${address}: ${network === 'unix' && !reason.includes(': ') ? 'connect: ' : ''}${reason}`
}

/** Validity of a peer's certificate. */
export interface Validity {
  from: Date
  to: Date
}

const stamp = (date: Date): string => date.toISOString().replace(/\.\d+/, '')

/** Why a TLS peer is not trusted, in the words of Go's crypto/tls; undefined for other reasons. */
function verificationError(cause: unknown, validity: Validity): string | undefined {
  const { code, host, cert } = cause as NodeJS.ErrnoException & {
    host?: string
    cert?: { subjectaltname?: string }
  }
  const now = stamp(new Date())
  const names = [...(cert?.subjectaltname ?? '').matchAll(/(?:DNS|IP Address):([^,]+)/g)].map(
    ([, name]) => name,
  )
  const reasons: Record<string, string> = {
    ERR_TLS_CERT_ALTNAME_INVALID: `certificate is valid for ${names.join(', ')}, not ${host}`,
    CERT_NOT_YET_VALID: `certificate has expired or is not yet valid: current time ${now} is before ${stamp(validity.from)}`,
    CERT_HAS_EXPIRED: `certificate has expired or is not yet valid: current time ${now} is after ${stamp(validity.to)}`,
    SELF_SIGNED_CERT_IN_CHAIN: 'certificate signed by unknown authority',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate signed by unknown authority',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate signed by unknown authority',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate signed by unknown authority',
    CERT_SIGNATURE_FAILURE: 'certificate signed by unknown authority',
  }
  const reason = reasons[code ?? '']
  return reason && `tls: failed to verify certificate: x509: ${reason}`
}

/** A failed TLS request: the dial, the server certificate, or an interception. */
export function requestError(address: string, cause: unknown, validity: Validity): string {
  const { code = '' } = cause as NodeJS.ErrnoException
  if (/wrong version number|packet length too long/.test(String(cause)))
    return 'tls: first record does not look like a TLS handshake'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'remote error: tls: bad certificate'
  return verificationError(cause, validity) ?? dialError('tcp', address, cause)
}
