import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its private key, both in PEM. */
export interface KeyPair {
  certificate: string
  key: string
}

const dayMs = 86_400_000
/** Devices often start with a clock in the past, and nothing is gained from a certificate that is not valid yet. */
const notBefore = new Date('2020-01-01T00:00:00Z')
const authorityYears = 20
const serverDays = 1095

/** P-256: RSA takes a microcontroller seconds. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Loaded when a certificate is made: few commands need it. */
async function library() {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  return x509
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

async function privateKeyText(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** A new certificate authority for the broker of one node. */
export async function createAuthority(nodeName: string, now: Date): Promise<KeyPair> {
  const x509 = await library()
  const keys = await newKeys()
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(now.getUTCFullYear() + authorityYears)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`edgekit broker CA of ${nodeName}`] }],
    notBefore: earliest(now),
    notAfter,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate.toString('pem')), key: await privateKeyText(keys.privateKey) }
}

/** A server certificate for host names and IP addresses; clients ignore its subject. */
export async function issueServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  now: Date,
): Promise<KeyPair> {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.certificate)
  const der = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' })
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['edgekit broker'] }],
    issuer: issuer.subject,
    notBefore: earliest(now),
    notAfter: new Date(now.getTime() + serverDays * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(name => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: pem(certificate.toString('pem')), key: await privateKeyText(keys.privateKey) }
}

const earliest = (now: Date): Date => (now < notBefore ? new Date(now.getTime() - 365 * dayMs) : notBefore)
const pem = (text: string): string => `${text.trimEnd()}\n`

/** Days before its end at which a certificate is due for renewal. */
const renewDays = 60

/** Why a server certificate must be replaced; undefined when it serves all names. Throws when a text is not PEM. */
export function certificateProblem(
  { certificate, key }: KeyPair,
  { authority, names, now }: { authority: string; names: readonly string[]; now: Date },
): string | undefined {
  const found = new X509Certificate(certificate)
  if (!found.checkPrivateKey(createPrivateKey(key))) return 'its key belongs to another certificate'
  const issuer = new X509Certificate(authority)
  if (!found.checkIssued(issuer) || !found.verify(issuer.publicKey)) return 'another CA issued it'
  if (found.validFromDate > now) return 'it is not valid yet'
  if (found.validToDate.getTime() - now.getTime() < renewDays * dayMs)
    return `it expires on ${found.validToDate.toISOString().slice(0, 10)}`
  const missing = names.filter(name => !isFor(found, name))
  return missing.length === 0 ? undefined : `it is not for ${missing.join(', ')}`
}

/** Whether a client that connects to this name or address accepts the certificate. */
export const isFor = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined
