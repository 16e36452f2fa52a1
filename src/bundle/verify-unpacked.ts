import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import type { UnpackedBundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import { type ManifestFile, manifestName, signatureName } from './manifest.ts'

/** One thing in which an unpacked bundle differs from its manifest. */
export interface Difference {
  text: string
  /** An install reads the content of listed files, and neither their modes nor files that are not listed. */
  kind: 'content' | 'mode' | 'unlisted'
}

/** Install decides on texts; programs and images are larger. */
const textBytes = 1_000_000

/** Verify the files below 1 MB. Throws EdgekitError that names each one that differs in content. */
export const verifyTexts = (bundle: UnpackedBundle, files: Files): Promise<void> =>
  requireContent(bundle, ({ size }) => size < textBytes, files)

/** Verify the files of 1 MB and more in the same way. Throws what `signal` is aborted with. */
export const verifyLarge = (bundle: UnpackedBundle, files: Files, signal: AbortSignal): Promise<void> =>
  requireContent(bundle, ({ size }) => size >= textBytes, files, signal)

async function requireContent(
  { directory, manifest }: UnpackedBundle,
  isWanted: (file: ManifestFile) => boolean,
  files: Files,
  signal?: AbortSignal,
): Promise<void> {
  const differences = await compareFiles(directory, manifest.files.filter(isWanted), files, signal)
  const damage = differences.filter(({ kind }) => kind === 'content')
  if (damage.length > 0)
    throw damagedBundle(
      directory,
      damage.map(({ text }) => text),
    )
}

/** Compare everything in the directory of a bundle with the manifest. Follows no links. */
export async function compareWithManifest(
  { directory, manifest }: UnpackedBundle,
  files: Files,
): Promise<Difference[]> {
  const listed = new Set([manifestName, signatureName, ...manifest.files.map(({ path }) => path)])
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const unlisted = entries
    .filter(entry => !entry.isDirectory())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)))
    .filter(path => !listed.has(path))
    .toSorted()
  return [
    ...(await compareFiles(directory, manifest.files, files)),
    ...unlisted.map(
      (path): Difference => ({ text: `${JSON.stringify(path)} is not in the manifest`, kind: 'unlisted' }),
    ),
  ]
}

async function compareFiles(
  directory: string,
  listed: readonly ManifestFile[],
  files: Files,
  signal?: AbortSignal,
): Promise<Difference[]> {
  const differences = await Promise.all(listed.map(file => differenceOf(directory, file, files, signal)))
  return differences.filter(difference => difference !== undefined)
}

const kindNames = { directory: 'directory', symlink: 'symbolic link', other: 'special file' }

/** How a file of a bundle differs from what the manifest lists; undefined when it does not. */
export async function differenceOf(
  directory: string,
  file: ManifestFile,
  files: Files,
  signal?: AbortSignal,
): Promise<Difference | undefined> {
  const path = join(directory, file.path)
  const content = (text: string): Difference => ({ text: `${file.path} ${text}`, kind: 'content' })
  const found = await files.status(path)
  if (!found) return content('is missing')
  if (found.kind !== 'file') return content(`is a ${kindNames[found.kind]}, not a regular file`)
  if (found.size !== file.size) return content(`has ${found.size} bytes, expected ${file.size}`)
  signal?.throwIfAborted()
  try {
    const sha256 = await files.sha256(path, signal)
    if (sha256 !== file.sha256) return content(`has sha256 ${sha256}, expected ${file.sha256}`)
  } catch (error) {
    signal?.throwIfAborted()
    return content(`cannot be read: ${messageOf(error)}`)
  }
  // A umask clears bits of group and others when an ordinary user unpacks; it never sets any.
  if ((found.mode & ~file.mode) === 0 && (found.mode & 0o700) === (file.mode & 0o700)) return undefined
  const [mode, expected] = [found.mode, file.mode].map(bits => bits.toString(8))
  return { text: `${file.path} has mode ${mode}, expected ${expected}`, kind: 'mode' }
}
