import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readInput } from '../lib/files/read-input.ts'
import { readPublicKey, type TrustedKey } from './signature.ts'

const maxKeyBytes = 65_536

/** Read the public keys that the user named. Throws EdgekitError. */
export const readKeys = (files: readonly string[]): Promise<TrustedKey[]> =>
  Promise.all(
    files.map(async file => {
      const pem = await readInput(file, maxKeyBytes).catch(error => {
        throw new EdgekitError(`cannot read the public key ${file}: ${messageOf(error)}`, {
          code: 'file-unreadable',
          remedy: 'Name a PEM file with --key.',
          cause: error,
        })
      })
      return readPublicKey(String(pem), file)
    }),
  )
