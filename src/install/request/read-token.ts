import { EdgekitError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'

const fromCloud = 'On the cloud side this prints it:\n  keadm gettoken'

/**
 * Take the bootstrap token out of what a file or stdin holds. It is what `keadm gettoken` prints: the SHA-256 of the
 * cloud's authority and a JSON Web Token, so four parts with dots between them. EdgeCore compares the first part with
 * the authority that the cloud hands out (edge/pkg/edgehub/certificate, v1.12 to v1.23), and `caHash` from a second
 * source can be compared here. Throws EdgekitError, which never shows the token.
 */
export function readToken(content: string, source: string, caHash: string | undefined): Secret {
  const token = content.trim()
  const parts = token.split('.')
  if (token === '') throw refused(`${source} holds no token`, fromCloud)
  if (parts.length !== 4 || !parts.every(part => /^[\w-]+$/.test(part))) {
    throw refused(
      `${source} does not hold a token: expected four parts with dots between them, seen ${parts.length} in ${token.length} characters`,
      fromCloud,
    )
  }
  const [hash = ''] = parts
  if (!/^[0-9a-f]{64}$/i.test(hash)) {
    throw refused(
      `the token in ${source} does not begin with the SHA-256 of an authority, 64 hexadecimal digits`,
      fromCloud,
    )
  }
  const expected = caHash?.replace(/^sha256:/, '').toLowerCase()
  if (expected !== undefined && expected !== hash.toLowerCase()) {
    throw refused(
      `the token in ${source} is for the authority ${hash}; --ca-hash expects ${expected}`,
      'Either the token or the hash is of another cloud. Get both from the same one.',
    )
  }
  return new Secret(token, `token from ${source}`)
}

const refused = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-token', remedy })
