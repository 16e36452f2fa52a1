import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import type { Bundle } from './bundle.ts'
import { manifestName } from './manifest.ts'
import { packedBundle } from './packed-bundle.ts'
import { parsePartName } from './part-names.ts'
import { unpackedBundle } from './unpacked-bundle.ts'

/**
 * Find the bundle at a path: a .tar.gz, one of its parts, the directory it was unpacked into, or a directory with one
 * packed bundle in it. Throws EdgekitError.
 */
export function locateBundle(path: string, files: Files): Bundle {
  const found = readable(path, path => statSync(path))
  if (found.isFile()) return packedBundle(path, files)
  if (!found.isDirectory()) throw notFound(path, 'it is neither a file nor a directory')
  const names = readable(path, path => readdirSync(path)).toSorted()
  if (names.includes(manifestName)) return unpackedBundle(path, files)
  const bundles = new Map<string, string>()
  for (const name of names) {
    const bundle = parsePartName(name)?.bundle ?? name
    if (/\.(?:tar\.gz|tgz)$/.test(bundle) && !bundles.has(bundle)) bundles.set(bundle, name)
  }
  const [first, ...others] = bundles.values()
  if (first === undefined) throw notFound(path, `it contains neither ${manifestName} nor a .tar.gz`)
  if (others.length > 0) throw notFound(path, `it contains several: ${[...bundles.keys()].join(', ')}`)
  return packedBundle(join(path, first), files)
}

/** Find the bundle that this edgekit is in: its executable is two directories below. Throws EdgekitError. */
export function locateOwnBundle(files: Files): Bundle {
  try {
    return locateBundle(resolve(process.execPath, '../..'), files)
  } catch (error) {
    if (!(error instanceof EdgekitError) || error.code !== 'bundle-not-found') throw error
    throw new EdgekitError('cannot choose a bundle: none is named, and this edgekit is not part of one', {
      code: 'bundle-not-found',
      remedy:
        'Name the bundle, or run the edgekit of an unpacked one:\n  edgekit install FILE.tar.gz\n  ./edgekit install',
      cause: error,
    })
  }
}

function readable<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') {
      throw new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
        code: 'permission-denied',
        remedy: 'Run edgekit as root, or as a user who can read it.',
        cause: error,
      })
    }
    throw notFound(path, messageOf(error), error)
  }
}

const notFound = (path: string, why: string, cause?: unknown): EdgekitError =>
  new EdgekitError(`cannot find a bundle at ${path}: ${why}`, {
    code: 'bundle-not-found',
    remedy: 'Name the bundle: its .tar.gz, one of its parts, or the directory it was unpacked into.',
    cause,
  })
