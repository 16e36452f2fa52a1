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

/** P-256 is the default: a microcontroller verifies it fast, and makes RSA keys in minutes. Some have nothing but RSA. */
const algorithms = {
  'p-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'rsa-2048': {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
} as const
export type KeyKind = keyof typeof algorithms
export const keyKinds = ['p-256', 'rsa-2048'] as const satisfies readonly KeyKind[]

/** Loaded when a certificate is made: few commands need it. */
async function library() {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  return x509
}

const newKeys = async (kind: KeyKind): Promise<webcrypto.CryptoKeyPair> =>
  kind === 'p-256'
    ? webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify'])
    : webcrypto.subtle.generateKey(algorithms[kind], true, ['sign', 'verify'])

async function privateKeyText(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString()
}

/** A new certificate authority for the broker of one node, or for its devices. */
export async function createAuthority(
  nodeName: string,
  now: Date,
  kind: KeyKind = 'p-256',
  of: 'broker' | 'device' = 'broker',
): Promise<KeyPair> {
  const x509 = await library()
  const keys = await newKeys(kind)
  const notAfter = new Date(now)
  notAfter.setUTCFullYear(now.getUTCFullYear() + authorityYears)
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [`edgekit ${of} CA of ${nodeName}`] }],
    notBefore: earliest(now),
    notAfter,
    signingAlgorithm: algorithms[kind],
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate.toString('pem')), key: await privateKeyText(keys.privateKey) }
}

/** A server certificate for host names and IP addresses, with a key of the CA's kind; clients ignore its subject. */
export function issueServerCertificate(
  authority: KeyPair,
  names: readonly string[],
  now: Date,
): Promise<KeyPair> {
  const kind = keyKindOf(authority)
  return issue(authority, kind, x509 => ({
    subject: 'edgekit broker',
    notBefore: earliest(now),
    notAfter: new Date(now.getTime() + serverDays * dayMs),
    // TLS 1.2 clients can also encrypt their secret for an RSA key (RFC 5246, section 7.4.2).
    encipherment: kind === 'rsa-2048',
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(name => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
      ),
    ],
  }))
}

/** A certificate with which a client authenticates, valid as long as its CA. `name` is the common name. */
export function issueClientCertificate(
  authority: KeyPair,
  { name, kind }: { name: string; kind: KeyKind },
  now: Date,
): Promise<KeyPair> {
  return issue(authority, kind, x509 => ({
    subject: name,
    notBefore: earliest(now),
    notAfter: new X509Certificate(authority.certificate).validToDate,
    encipherment: false,
    extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
  }))
}

type Library = Awaited<ReturnType<typeof library>>

interface NewCertificate {
  /** The common name. */
  subject: string
  notBefore: Date
  notAfter: Date
  encipherment: boolean
  extensions: InstanceType<Library['Extension']>[]
}

async function issue(
  authority: KeyPair,
  kind: KeyKind,
  describe: (x509: Library) => NewCertificate,
): Promise<KeyPair> {
  const x509 = await library()
  const issuer = new x509.X509Certificate(authority.certificate)
  const ofAuthority = algorithms[keyKindOf(authority)]
  const der = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' })
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ofAuthority, false, ['sign'])
  const keys = await newKeys(kind)
  const { subject, notBefore, notAfter, encipherment, extensions } = describe(x509)
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [subject] }],
    issuer: issuer.subject,
    notBefore,
    notAfter,
    signingAlgorithm: ofAuthority,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature | (encipherment ? keyEncipherment : 0), true),
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: pem(certificate.toString('pem')), key: await privateKeyText(keys.privateKey) }
}

const keyKindOf = ({ key }: KeyPair): KeyKind =>
  createPrivateKey(key).asymmetricKeyType === 'rsa' ? 'rsa-2048' : 'p-256'

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
