import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isP256 } from '../../bundle/signature.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'

/** Where a key is taken from without a file. */
const keyVariable = 'EDGEKIT_SIGNING_KEY'

const makeOne = `Make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem`

/**
 * The private key in a PEM file, or else in EDGEKIT_SIGNING_KEY; undefined when neither is given. No message ever has
 * a part of the key in it. Throws EdgekitError.
 */
export async function signingKey(
  file: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<KeyObject | undefined> {
  if (file !== undefined) {
    const pem = await readFile(file, 'utf8').catch(error => {
      throw unusable(`cannot read the signing key: ${messageOf(error)}`, 'Give the path of a PEM file.')
    })
    return parseKey(pem, file)
  }
  const pem = environment[keyVariable]
  return pem ? parseKey(pem, keyVariable) : undefined
}

function parseKey(pem: string, name: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) {
    throw unusable(
      `the signing key in ${name} is encrypted`,
      `Decrypt it into the environment: export ${keyVariable}="$(openssl ec -in KEY)" (a key of cosign: cosign import-key-pair takes one of openssl, not the other way round)`,
    )
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // What OpenSSL says of it is no help, and nothing of a key belongs into a message.
    throw unusable(`${name} has no private key in PEM form`, makeOne)
  }
  if (!isP256(key)) {
    throw unusable(
      `the signing key in ${name} is of type ${key.asymmetricKeyType}${key.asymmetricKeyType === 'ec' ? ` on ${key.asymmetricKeyDetails?.namedCurve}` : ''}, expected ECDSA on P-256`,
      makeOne,
    )
  }
  return key
}

/**
 * Sign the bytes of bundle.json: DER-encoded ECDSA with SHA-256, in base64, as openssl and cosign read it. The nonce
 * comes from key and message (https://www.rfc-editor.org/rfc/rfc6979), which OpenSSL as Node.js has it cannot do: so a
 * signed bundle is as reproducible as an unsigned one.
 */
export async function sign(manifest: Buffer, key: KeyObject): Promise<string> {
  const { p256 } = await import('@noble/curves/nist.js')
  const secret = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url')
  const signature = p256.sign(manifest, secret, { prehash: true, lowS: false, format: 'der' })
  return `${Buffer.from(signature).toString('base64')}\n`
}

const unusable = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-key', remedy })
