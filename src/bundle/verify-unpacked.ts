import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import { type Manifest, manifestName, parseManifest, signatureName } from './manifest.ts'
import { checkSignature, type TrustedKey } from './signature.ts'

export interface UnpackedBundle {
  directory: string
  manifest: Manifest
  /** Hash of bundle.json itself. */
  manifestSha256: string
}

const copyAgain =
  'Copy the bundle again, unpack it into an empty directory and look for errors of tar. If it happens again, the USB stick or the disk is failing.'

/**
 * Read the manifest of an unpacked bundle. Throws EdgekitError when there is none, it cannot be understood, or there
 * are `keys` and none of them signed it.
 */
export async function openBundle(
  directory: string,
  files: Files,
  keys: readonly TrustedKey[] = [],
): Promise<UnpackedBundle> {
  const path = join(directory, manifestName)
  const text = await files.read(path).catch(error => {
    throw new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
      code: 'permission-denied',
      remedy: 'Run edgekit as root:\n  sudo ./edgekit install',
      cause: error,
    })
  })
  if (text === undefined) {
    throw new EdgekitError(`there is no bundle in ${directory}: no bundle.json`, {
      code: 'bundle-not-found',
      remedy:
        'Unpack a bundle (tar xzf kubeedge-edge-….tar.gz) and run ./edgekit install there, or name its directory.',
    })
  }
  if (keys.length > 0) {
    const signature = await files.read(join(directory, signatureName))
    checkSignature(Buffer.from(text), signature, keys, `the bundle in ${directory}`)
  }
  try {
    return {
      directory,
      manifest: parseManifest(text),
      manifestSha256: createHash('sha256').update(text).digest('hex'),
    }
  } catch (error) {
    throw new EdgekitError(`${path} is damaged: ${messageOf(error)}`, {
      code: 'bundle-damaged',
      remedy: copyAgain,
    })
  }
}

/** What is wrong with one file of a bundle; undefined when it is as the manifest says. */
async function problemOf(
  path: string,
  file: Manifest['files'][number],
  files: Files,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const found = await files.status(path)
  if (!found) return `${file.path} is missing`
  if (found.kind !== 'file') return `${file.path} is a ${found.kind}, expected a file`
  if (found.size !== file.size) return `${file.path} has ${found.size} bytes, expected ${file.size}`
  try {
    signal?.throwIfAborted()
    const actual = await files.sha256(path, signal)
    return actual === file.sha256 ? undefined : `${file.path} has sha256 ${actual}, expected ${file.sha256}`
  } catch (error) {
    signal?.throwIfAborted()
    return `${file.path} cannot be read: ${messageOf(error)}`
  }
}

/** What is decided on is read from texts; programs and images have more bytes. */
const textBytes = 1_000_000

/** Compare the texts of an unpacked bundle with its manifest. Throws EdgekitError that names each one that differs. */
export const verifyTexts = (bundle: UnpackedBundle, files: Files): Promise<void> =>
  verify(
    bundle,
    bundle.manifest.files.filter(({ size }) => size < textBytes),
    files,
  )

/** The same for all other files. Throws also what `signal` is aborted with. */
export const verifyLarge = (bundle: UnpackedBundle, files: Files, signal: AbortSignal): Promise<void> =>
  verify(
    bundle,
    bundle.manifest.files.filter(({ size }) => size >= textBytes),
    files,
    signal,
  )

async function verify(
  { directory }: UnpackedBundle,
  members: Manifest['files'],
  files: Files,
  signal?: AbortSignal,
): Promise<void> {
  const problems = await Promise.all(
    members.map(file => problemOf(join(directory, file.path), file, files, signal)),
  )
  const found = problems.filter(problem => problem !== undefined)
  if (found.length === 0) return
  throw new EdgekitError(
    `the bundle in ${directory} is damaged:\n${found.map(problem => `  ${problem}`).join('\n')}`,
    {
      code: 'bundle-damaged',
      remedy: copyAgain,
    },
  )
}
