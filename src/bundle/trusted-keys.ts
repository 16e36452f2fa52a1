import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import { readPublicKey, type TrustedKey } from './signature.ts'

/**
 * The keys by which this node trusts bundles. Throws EdgekitError for a key that is unusable, is named in a way that edgekit
 * does not read, or can be exchanged by other users: skipping it would weaken the node.
 */
export async function trustedKeys(files: Files): Promise<TrustedKey[]> {
  const names = (await files.list(paths.trustedKeys).catch(unreadable)).toSorted()
  const keys: TrustedKey[] = []
  for (const name of names) {
    const path = join(paths.trustedKeys, name)
    if (name.endsWith('.pem')) {
      await requireOwnedByRoot(path, files)
      keys.push(readPublicKey((await files.read(path).catch(unreadable)) ?? '', path))
    } else if (await looksLikeKey(path, files)) throw unused(path)
  }
  if (keys.length > 0) await requireOwnedByRoot(paths.trustedKeys, files)
  return keys
}

/** Such as `acme.pub`, `acme.PEM` or `acme.pem.txt`; an SSH key is one line of text. */
async function looksLikeKey(path: string, files: Files): Promise<boolean> {
  if (/\.(pub|key|pem|der|cer|crt|asc|gpg)$/i.test(path)) return true
  if ((await files.status(path))?.kind !== 'file') return false
  return /-----BEGIN|^(ssh|ecdsa)-/m.test(String(await files.head(path, 4096).catch(unreadable)))
}

async function requireOwnedByRoot(path: string, files: Files): Promise<void> {
  const found = await files.status(path)
  const isDirectory = path === paths.trustedKeys
  if (found && found.kind !== (isDirectory ? 'directory' : 'file')) {
    throw new EdgekitError(
      `cannot trust ${path}: it is not a regular ${isDirectory ? 'directory' : 'file'}`,
      {
        code: 'invalid-key',
        remedy: `Copy the keys into ${paths.trustedKeys}.`,
      },
    )
  }
  if (!found || (found.uid === 0 && (found.mode & 0o022) === 0)) return
  throw new EdgekitError(`cannot trust ${path}: users other than root can change it`, {
    code: 'invalid-key',
    remedy: `Check that it is the right key, then make it root's:\n  chown root: ${path} && chmod go-w ${path}`,
  })
}

const unused = (path: string): EdgekitError =>
  new EdgekitError(`cannot use ${path}: it looks like a key, but only files named *.pem are trusted`, {
    code: 'invalid-key',
    remedy: `Rename a public key in PEM form, or move the file away:\n  mv ${path} ${path.replace(/\.[^./]*$/, '')}.pem`,
  })

function unreadable(error: unknown): never {
  throw new EdgekitError(`cannot read the trusted keys in ${paths.trustedKeys}: ${messageOf(error)}`, {
    code: 'permission-denied',
    remedy: 'Run edgekit as root:\n  sudo edgekit install …',
    cause: error,
  })
}
