import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import { readPublicKey, type TrustedKey } from './signature.ts'

/** The keys by which this node trusts bundles. Throws EdgekitError for an unusable one: skipping it would weaken the node. */
export async function trustedKeys(files: Files): Promise<TrustedKey[]> {
  const names = (await files.list(paths.trustedKeys).catch(unreadable))
    .filter(name => name.endsWith('.pem'))
    .toSorted()
  return Promise.all(
    names.map(async name => {
      const path = join(paths.trustedKeys, name)
      return readPublicKey((await files.read(path).catch(unreadable)) ?? '', path)
    }),
  )
}

function unreadable(error: unknown): never {
  throw new EdgekitError(`cannot read the trusted keys in ${paths.trustedKeys}: ${messageOf(error)}`, {
    code: 'permission-denied',
    remedy: 'Run edgekit as root:\n  sudo edgekit install …',
    cause: error,
  })
}
