import { createHash, createHmac, type KeyObject, timingSafeEqual, X509Certificate } from 'node:crypto'

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** The HMAC of a JWT's first two parts (RFC 7515, HS256). */
const signatureOf = (text: string, key: KeyObject): string =>
  createHmac('sha256', key.export({ type: 'sec1', format: 'der' }))
    .update(text)
    .digest('base64url')

/** The SHA-256 of a CA certificate as `keadm gettoken` prints it in front of the JWT. */
const caHash = (certificate: string): string =>
  createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex')

/** A token as `keadm gettoken` prints it: the hash of the CA and a JWT signed with the CA's key. */
export function joinToken(certificate: string, key: KeyObject, expiresAt: number): string {
  const jwt = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ exp: Math.floor(expiresAt / 1000) })}`
  return `${caHash(certificate)}.${jwt}.${signatureOf(jwt, key)}`
}

/** Why CloudCore refuses a JWT, in its words (v1.23.1); undefined when it accepts it. */
export function refusalOf(jwt: string, key: KeyObject): string | undefined {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const [expected, given] = [Buffer.from(signatureOf(`${header}.${payload}`, key)), Buffer.from(signature)]
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    return 'token validation failure, err: token signature is invalid: signature is invalid'
  const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number }
  return exp * 1000 < Date.now()
    ? 'token validation failure, err: token has invalid claims: token is expired'
    : undefined
}
