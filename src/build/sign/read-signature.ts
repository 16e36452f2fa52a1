import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { readInput } from '../../lib/files/read-input.ts'

/** A signature by P-256 has at most 72 bytes. */
const maxBytes = 1024

/** Read the text of a `bundle.json.sig` that was made elsewhere. Throws EdgekitError. */
export async function readSignature(file: string): Promise<string> {
  const refuse = (why: string, cause?: unknown) =>
    new EdgekitError(`cannot use ${file} as a signature: ${why}`, {
      code: 'invalid-signature',
      remedy: 'Sign bundle.json:\n  openssl dgst -sha256 -sign KEY bundle.json | base64 -w0 >bundle.json.sig',
      cause,
    })
  const bytes = await readInput(file, maxBytes).catch(error => {
    throw refuse(messageOf(error), error)
  })
  const text = bytes.toString('latin1').trim()
  // A SEQUENCE of two INTEGERs: https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3
  if (!/^[A-Za-z0-9+/]+=*$/.test(text) || Buffer.from(text, 'base64')[0] !== 0x30)
    throw refuse('it is not a DER-encoded signature in base64')
  return `${text}\n`
}
