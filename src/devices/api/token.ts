import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { dirname } from 'node:path'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { makeDirectories } from '../../lib/make-directories.ts'
import { localFiles } from '../../node/files.ts'

const leastCharacters = 32

/**
 * The token of the HTTP interface, from a file that only its owner can read, and that is created if it does not exist. Throws
 * EdgekitError (devices-token-unusable).
 */
export async function readToken(path: string): Promise<string> {
  const files = localFiles()
  try {
    const status = await files.status(path)
    if (status === undefined) {
      const token = randomBytes(32).toString('base64url')
      await makeDirectories(dirname(path))
      await files.write(path, { text: `${token}\n` }, { mode: 0o600, ...ownIds() })
      return token
    }
    if (status.kind !== 'file') throw new Error('it is not a file')
    if ((status.mode & 0o077) !== 0) throw new Error('other users have access to it')
    const token = (await files.read(path))?.trim() ?? ''
    if (!/^[\x21-\x7e]+$/.test(token) || token.length < leastCharacters)
      throw new Error(`expected one line of at least ${leastCharacters} characters`)
    return token
  } catch (error) {
    throw new EdgekitError(`cannot use the token file ${path}: ${messageOf(error)}`, {
      code: 'devices-token-unusable',
      remedy: `Delete the file; the service creates it again:\n  rm ${path}`,
      cause: error,
    })
  }
}

const ownIds = (): { uid: number; gid: number } => ({
  uid: process.geteuid?.() ?? 0,
  gid: process.getegid?.() ?? 0,
})

/** Takes as long for any token: the hashes have one length, whatever the lengths of the tokens. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(token)
  return authorization => {
    const [, given = ''] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? []
    return timingSafeEqual(digest(given), expected)
  }
}
