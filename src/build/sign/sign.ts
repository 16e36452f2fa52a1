import { createPrivateKey, type KeyObject } from 'node:crypto'
import { isP256 } from '../../bundle/signature.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { readInput } from '../../lib/files/read-input.ts'

const maxKeyBytes = 65_536

/** Used when no file is named. */
const keyVariable = 'EDGEKIT_SIGNING_KEY'

const createKey = `Create a key:\n  openssl ecparam -name prime256v1 -genkey -noout -out key.pem`

/**
 * Read the private key from a PEM file, or from EDGEKIT_SIGNING_KEY; undefined without either. Messages never contain any
 * of the key. Throws EdgekitError.
 */
export async function signingKey(
  file: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<KeyObject | undefined> {
  if (file !== undefined) {
    const pem = await readInput(file, maxKeyBytes).catch(error => {
      throw unusable(
        `cannot read the signing key ${file}: ${messageOf(error)}`,
        'Name a file with a private key in PEM form.',
      )
    })
    return parseKey(String(pem), file)
  }
  const pem = environment[keyVariable]
  return pem ? parseKey(pem, keyVariable) : undefined
}

function parseKey(pem: string, name: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) {
    throw unusable(
      `cannot use the signing key in ${name}: it is encrypted`,
      `Decrypt it into the environment. A key from cosign cannot be used; cosign can import one from openssl.\n  export ${keyVariable}="$(openssl ec -in KEY)"`,
    )
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // The message of OpenSSL does not help, and a message must not contain any of the key.
    throw unusable(`cannot use the signing key in ${name}: it is not a private key in PEM form`, createKey)
  }
  if (!isP256(key)) {
    throw unusable(
      `cannot use the signing key in ${name}: it is of type ${key.asymmetricKeyType}${key.asymmetricKeyType === 'ec' ? ` on ${key.asymmetricKeyDetails?.namedCurve}` : ''}, expected ECDSA on P-256`,
      createKey,
    )
  }
  return key
}

/**
 * Sign the bytes of bundle.json: DER-encoded ECDSA with SHA-256, in base64, as openssl and cosign read it. The nonce is
 * derived from key and message (https://www.rfc-editor.org/rfc/rfc6979), so a signed bundle is reproducible too. The
 * OpenSSL in Node.js cannot do that.
 */
export async function sign(manifest: Buffer, key: KeyObject): Promise<string> {
  const { p256 } = await import('@noble/curves/nist.js')
  const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
  const signature = p256.sign(manifest, secret, { prehash: true, lowS: false, format: 'der' })
  return `${Buffer.from(signature).toString('base64')}\n`
}

const unusable = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-key', remedy })
