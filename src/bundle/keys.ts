import { readFile } from 'node:fs/promises'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readPublicKey, type TrustedKey } from './signature.ts'

/** Public keys in the files that a person named. Throws EdgekitError. */
export const readKeys = (files: readonly string[]): Promise<TrustedKey[]> =>
  Promise.all(
    files.map(async file => {
      const pem = await readFile(file, 'utf8').catch(error => {
        throw new EdgekitError(`cannot read the public key: ${messageOf(error)}`, {
          code: 'invalid-key',
          remedy: 'Give the path of a PEM file with --key.',
          cause: error,
        })
      })
      return readPublicKey(pem, file)
    }),
  )
