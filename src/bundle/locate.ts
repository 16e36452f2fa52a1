import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { manifestName } from './manifest.ts'
import { openPacked, type PackedBundle } from './packed-files.ts'
import { parsePartName } from './part-names.ts'

/** Where a bundle is and in which form. */
export type Located = { directory: string; packed?: never } | { packed: PackedBundle; directory?: never }

/**
 * What a path given by a person means: a .tar.gz, a part of one, a directory it was unpacked into, or a directory that
 * one packed bundle lies in. Throws EdgekitError.
 */
export function locateBundle(path: string): Located {
  const found = readable(path, path => statSync(path))
  if (found.isFile()) return { packed: openPacked(path) }
  if (!found.isDirectory()) throw nothing(`${path} is neither a file nor a directory`)
  const names = readable(path, path => readdirSync(path)).toSorted()
  if (names.includes(manifestName)) return { directory: path }
  const bundles = new Map<string, string>()
  for (const name of names) {
    const bundle = parsePartName(name)?.bundle ?? name
    if (/\.(?:tar\.gz|tgz)$/.test(bundle) && !bundles.has(bundle)) bundles.set(bundle, name)
  }
  const [first, ...others] = bundles.values()
  if (first === undefined) throw nothing(`there is no bundle in ${path}: no ${manifestName}, no .tar.gz`)
  if (others.length > 0) {
    throw nothing(`there are ${bundles.size} bundles in ${path}: ${[...bundles.keys()].join(', ')}`)
  }
  return { packed: openPacked(join(path, first)) }
}

function readable<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path)
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException)
  }
}

function unreadable(path: string, error: NodeJS.ErrnoException): EdgekitError {
  if (error.code !== 'EACCES') return nothing(`there is no bundle at ${path}: ${messageOf(error)}`)
  return new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
    code: 'permission-denied',
    remedy: 'Run edgekit as root, or as a user who may read it.',
    cause: error,
  })
}

const nothing = (message: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'bundle-not-found',
    remedy: 'Name the bundle: its .tar.gz, one of its parts, or the directory it was unpacked into.',
  })
