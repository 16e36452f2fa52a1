import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { EdgekitError } from '../lib/errors.ts'

/** A public key that bundles are trusted by, and the file it comes from. */
export interface TrustedKey {
  name: string
  key: KeyObject
}

export interface SignatureVerdict {
  /** `not-checked`: it is signed, but no key was given. */
  signature: 'none' | 'not-checked' | 'good'
  /** The key that made a good signature. */
  signedBy?: string
}

/** Is this a key for ECDSA on P-256, the one kind that edgekit, openssl and cosign all accept by default? */
export const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'

/** Parse a public key in PEM form. Throws EdgekitError. */
export function readPublicKey(pem: string, name: string): TrustedKey {
  const refuse = (why: string, cause?: unknown) =>
    new EdgekitError(`cannot use ${name} as a public key: ${why}`, {
      code: 'invalid-key',
      remedy: 'Use the public half of the signing key:\n  openssl ec -in KEY -pubout -out PUB',
      cause,
    })
  if (/PRIVATE KEY/.test(pem)) throw refuse('it is a private key, which must never be on a node')
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch (error) {
    throw refuse('it is not a public key in PEM form', error)
  }
  if (!isP256(key)) throw refuse(`it is of type ${key.asymmetricKeyType}, expected ECDSA on P-256`)
  return { name, key }
}

/**
 * Check `bundle.json.sig` (base64 of a DER-encoded ECDSA signature with SHA-256) over the bytes of `bundle.json`. Without
 * keys nothing is checked. Throws EdgekitError when there are keys and none of them made the signature.
 */
export function judgeSignature(
  { bytes, signature }: { bytes: Buffer; signature: string | undefined },
  keys: readonly TrustedKey[],
  bundle: string,
): SignatureVerdict {
  if (keys.length === 0) return { signature: signature === undefined ? 'none' : 'not-checked' }
  const names = keys.map(({ name }) => name).join(', ')
  if (signature === undefined) {
    throw new EdgekitError(
      `cannot trust ${bundle}: it is not signed, and a signature by ${names} is required`,
      {
        code: 'bundle-not-signed',
        remedy: 'Sign the bundle when you build it:\n  edgekit bundle --sign KEY',
      },
    )
  }
  const der = Buffer.from(signature, 'base64')
  const signer = keys.find(({ key }) => verify('sha256', bytes, key, der))
  if (signer !== undefined) return { signature: 'good', signedBy: signer.name }
  throw new EdgekitError(
    `cannot trust ${bundle}: its signature was not made by ${names}, or it was changed after signing`,
    {
      code: 'signature-not-trusted',
      remedy:
        'Do not install it. Get the bundle from its source again, or the public key that belongs to it.',
    },
  )
}
