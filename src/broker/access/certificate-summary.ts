import { type KeyObject, X509Certificate } from 'node:crypto'

/** A certificate without its key. */
export interface CertificateSummary {
  subject: string
  /** Host names and IP addresses. */
  names: string[]
  /** ISO 8601. */
  validFrom: string
  validTo: string
  /** Until it expires; negative afterwards. */
  daysLeft: number
  /** Such as `P-256` and `RSA-2048`. */
  key: string
  /** SHA-256 of the certificate, as `openssl x509 -fingerprint -sha256` shows it. */
  fingerprint: string
}

const dayMs = 86_400_000

/** Throws an Error when the text is no certificate. */
export function summarize(pem: string, now: Date): CertificateSummary {
  const found = new X509Certificate(pem)
  return {
    subject: found.subject.replaceAll('\n', ', '),
    names: namesOf(found),
    validFrom: found.validFromDate.toISOString(),
    validTo: found.validToDate.toISOString(),
    daysLeft: Math.floor((found.validToDate.getTime() - now.getTime()) / dayMs),
    key: keyName(found.publicKey),
    fingerprint: found.fingerprint256,
  }
}

/** Host names and IP addresses; Node.js quotes those that contain special characters (CVE-2021-44532). */
const namesOf = ({ subjectAltName }: X509Certificate): string[] =>
  [...(subjectAltName ?? '').matchAll(/(?:DNS|IP Address):("[^"]*"|[^,]+)/g)].map(([, name = '']) => name)

function keyName({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { namedCurve, modulusLength } = asymmetricKeyDetails ?? {}
  if (namedCurve !== undefined) return namedCurve === 'prime256v1' ? 'P-256' : namedCurve
  return `${(asymmetricKeyType ?? 'unknown').toUpperCase()}${modulusLength === undefined ? '' : `-${modulusLength}`}`
}
