import { tokenShape } from '../../edgecore/token-shape.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import type { Files } from '../../node/files.ts'
import type { InstallFlags } from './install-flags.ts'
import { requireText } from './require-text.ts'

/** The token of `--token-file`; undefined without the flag. Throws EdgekitError (usage) that does not show it. */
export async function readTokenFile(
  { tokenFile, caHash }: InstallFlags,
  files: Files,
  readStdin: () => Promise<string>,
): Promise<Secret | undefined> {
  if (tokenFile === undefined) return undefined
  return tokenFile === '-'
    ? readToken(await readStdin(), 'stdin', caHash)
    : readToken(await requireText(tokenFile, '--token-file', files), tokenFile, caHash)
}

const getNewToken = 'Print a new one on the cloud side:\n  keadm gettoken'

/**
 * Reads a bootstrap token as `keadm gettoken` prints it: the SHA-256 of the cloud's CA and a JSON Web Token, so four
 * parts separated by dots. EdgeCore compares the first part with the CA it downloads (edge/pkg/edgehub/certificate,
 * v1.12 to v1.23); `caHash`, from a second source, is compared here. Throws EdgekitError that never shows the token.
 */
export function readToken(content: string, source: string, caHash: string | undefined): Secret {
  const token = content.trim()
  const parts = token.split('.')
  if (token === '') throw invalid(`cannot read a token from ${source}: it is empty`, getNewToken)
  if (parts.length !== 4 || !parts.every(part => /^[\w-]+$/.test(part))) {
    throw invalid(
      `cannot read a token from ${source}: expected four parts separated by dots, found ${parts.length} in ${token.length} characters`,
      getNewToken,
    )
  }
  const [hash = ''] = parts
  if (!/^[0-9a-f]{64}$/i.test(hash)) {
    throw invalid(
      `cannot read a token from ${source}: it does not begin with the SHA-256 of a CA, 64 hexadecimal digits`,
      getNewToken,
    )
  }
  const { expiresAt = Number.POSITIVE_INFINITY } = tokenShape(token)
  if (expiresAt < Date.now()) {
    throw invalid(
      `cannot use the token from ${source}: it expired at ${new Date(expiresAt).toISOString()}, and the clock of this machine is at ${new Date().toISOString()}`,
      getNewToken,
    )
  }
  const expected = caHash?.replace(/^sha256:/, '').toLowerCase()
  if (expected !== undefined && expected !== hash.toLowerCase()) {
    throw invalid(
      `cannot trust the token from ${source}: it is for CA ${hash}, but --ca-hash is ${expected}`,
      'Get the token and the hash from the same cloud.',
    )
  }
  return new Secret(token, `token from ${source}`)
}

const invalid = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-token', remedy })
