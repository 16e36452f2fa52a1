import { lstat, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { hashFile } from '../lib/hash/hash-file.ts'
import { type ManifestFile, manifestName, parseManifest, signatureName } from './manifest.ts'
import type { Head } from './packed-members.ts'

interface DirectoryReader {
  /** Called once, before anything else is looked at. */
  head(head: Head): void
  problem(text: string): void
}

/** The manifest and signature of an unpacked bundle. Throws EdgekitError. */
export async function readHead(directory: string): Promise<Head> {
  const path = join(directory, manifestName)
  const bytes = await readFile(path).catch(error => {
    throw new EdgekitError(`there is no bundle in ${directory}: ${messageOf(error)}`, {
      code: 'bundle-not-found',
      remedy: 'Name the directory a bundle was unpacked into.',
    })
  })
  const signature = await readFile(join(directory, signatureName), 'latin1').catch(() => undefined)
  try {
    return { manifest: parseManifest(bytes.toString()), bytes, signature }
  } catch (error) {
    throw new EdgekitError(`${path} is damaged: ${messageOf(error)}`, {
      code: 'bundle-damaged',
      remedy: 'Copy the bundle again and unpack it into an empty directory.',
    })
  }
}

/** Hold every file in the directory of an unpacked bundle against its manifest. Follows no link. */
export async function verifyDirectory(directory: string, reader: DirectoryReader): Promise<void> {
  const head = await readHead(directory)
  reader.head(head)
  const listed = new Map(head.manifest.files.map(file => [file.path, file]))
  const names = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const entry of names.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
    const path = pathOf(entry).slice(directory.length + 1)
    if (entry.isDirectory() || path === manifestName || path === signatureName) continue
    const file = listed.get(path)
    listed.delete(path)
    if (file === undefined) reader.problem(`${JSON.stringify(path)} is not in the manifest`)
    else if (!entry.isFile()) reader.problem(`${path} is not a plain file`)
    else for (const problem of await problemsOf(join(directory, path), file)) reader.problem(problem)
  }
  for (const path of listed.keys()) reader.problem(`${path} is missing`)
}

const pathOf = ({ parentPath, name }: { parentPath: string; name: string }): string => join(parentPath, name)

async function problemsOf(path: string, file: ManifestFile): Promise<string[]> {
  const { size, mode } = await lstat(path)
  if (size !== file.size) return [`${file.path} has ${size} bytes, expected ${file.size}`]
  const problems: string[] = []
  // A umask takes bits away when an ordinary user unpacks; it never adds any, and leaves the owner's alone.
  const actual = mode & 0o7777
  if ((actual & ~file.mode) !== 0 || (actual & 0o700) !== (file.mode & 0o700)) {
    problems.push(`${file.path} has mode ${actual.toString(8)}, expected ${file.mode.toString(8)}`)
  }
  await using opened = await open(path)
  const { sha256 } = await hashFile(opened)
  if (sha256 !== file.sha256) problems.push(`${file.path} has sha256 ${sha256}, expected ${file.sha256}`)
  return problems
}
