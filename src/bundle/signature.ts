import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { EdgekitError, messageOf } from '../lib/errors.ts'

/** A public key that bundles are trusted by, and where it comes from. */
export interface TrustedKey {
  name: string
  key: KeyObject
}

/** Whether this is a key for ECDSA on P-256, the one kind that edgekit, openssl and cosign all take by default. */
export const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'

/** Read a public key (PEM). Throws EdgekitError. */
export function readPublicKey(pem: string, name: string): TrustedKey {
  const refuse = (why: string, cause?: unknown) =>
    new EdgekitError(`${name} ${why}`, {
      code: 'invalid-key',
      remedy: 'Give the public half of the signing key: openssl ec -in KEY -pubout -out PUB',
      cause,
    })
  if (/PRIVATE KEY/.test(pem)) throw refuse('is a private key; it has no business on a node')
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch (error) {
    throw refuse(`is no public key in PEM form: ${messageOf(error)}`, error)
  }
  if (!isP256(key)) throw refuse(`is a key of type ${key.asymmetricKeyType}, expected ECDSA on P-256`)
  return { name, key }
}

/**
 * Check `bundle.json.sig` (base64 of a DER-encoded ECDSA signature with SHA-256) over the bytes of `bundle.json`.
 * Returns the key that made it. Throws EdgekitError when there is no signature, or none of `keys` made it.
 */
export function checkSignature(
  manifest: Buffer,
  signature: string | undefined,
  keys: readonly TrustedKey[],
  bundle: string,
): TrustedKey {
  const names = keys.map(({ name }) => name).join(', ')
  if (signature === undefined) {
    throw new EdgekitError(`${bundle} is not signed, and only bundles signed by ${names} are trusted here`, {
      code: 'bundle-not-signed',
      remedy: 'Ask whoever built it for a signed one (edgekit bundle --sign KEY).',
    })
  }
  const bytes = Buffer.from(signature, 'base64')
  const signer = keys.find(({ key }) => verify('sha256', manifest, key, bytes))
  if (signer !== undefined) return signer
  throw new EdgekitError(`the signature of ${bundle} was made by none of ${names}, or over something else`, {
    code: 'signature-not-trusted',
    remedy:
      'Do not install it. Get the bundle again from where you trust it to come from, or the public key that belongs to it.',
  })
}
