import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { readRegular } from '../lib/files/regular-file.ts'
import type { Files } from '../node/files.ts'
import type { UnpackedBundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import type { Manifest, ManifestFile } from './manifest.ts'
import { privateDirectory, temporary } from './private-directory.ts'
import { differenceOf } from './verify-unpacked.ts'

/** The entry of a file in the manifest. Throws EdgekitError (bundle-incomplete) when it does not list it. */
export function requireMember({ files }: Manifest, member: string): ManifestFile {
  const file = files.find(({ path }) => path === member)
  if (file) return file
  throw new EdgekitError(`cannot install this bundle: it has no ${member}`, {
    code: 'bundle-incomplete',
    remedy: 'Build the bundle again with this version of edgekit.',
  })
}

/**
 * The text of a file of an unpacked bundle. What is returned is what was verified: others may be able to write to the
 * directory. Throws EdgekitError when it is not what the manifest lists.
 */
export async function memberText(
  { directory, manifest }: Pick<UnpackedBundle, 'directory' | 'manifest'>,
  member: string,
): Promise<string> {
  const { size, sha256 } = requireMember(manifest, member)
  const problem = (text: string): EdgekitError => damagedBundle(directory, [`${member} ${text}`])
  const bytes = await readRegular(join(directory, member), size).catch(error => {
    throw problem(`cannot be read: ${messageOf(error)}`)
  })
  if (bytes.length !== size) throw problem(`has ${bytes.length} bytes, expected ${size}`)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== sha256) throw problem(`has sha256 ${found}, expected ${sha256}`)
  return bytes.toString()
}

/**
 * Call `use` with the path of a program of the bundle that no other user can exchange. Throws EdgekitError when it is not
 * what the manifest lists.
 */
export async function withProgram<T>(
  { directory, manifest }: UnpackedBundle,
  member: string,
  files: Files,
  use: (program: string) => Promise<T>,
): Promise<T> {
  const listed = requireMember(manifest, member)
  const difference = await differenceOf(directory, listed, files)
  if (difference?.kind === 'content') throw damagedBundle(directory, [difference.text])
  await using own = await privateDirectory()
  const program = join(own.path, 'program')
  const access = { mode: 0o700, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
  const source = { copyOf: join(directory, member), sha256: listed.sha256 }
  await files.write(program, source, access).catch(error => {
    throw new EdgekitError(`cannot copy ${member} into ${temporary}: ${messageOf(error)}`, {
      code: 'unpack-failed',
      remedy: `Free some space in ${temporary}, and keep others from changing ${directory}.`,
      cause: error,
    })
  })
  return await use(program)
}
