import { basename, dirname, join } from 'node:path'
import type { Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import type { Kept } from '../removal.ts'
import { isRestored, type KeptFile, keepFile, restoreFile } from './kept-file.ts'

export interface OldVersionSpec {
  path: string
  /** Where it is kept, beside `path`. */
  to: string
}

const suffix = '.edgekit-old'

/** A name that is free for an old version of a file: `NAME.edgekit-old`, `NAME.edgekit-old.2` and so on. */
export async function freeOldVersion(path: string, files: Files): Promise<string> {
  for (let count = 1; ; count++) {
    const name = `${path}${suffix}${count === 1 ? '' : `.${count}`}`
    if (!(await files.status(name))) return name
  }
}

/** The old versions beside a file, for the list of what an uninstall keeps. */
export async function oldVersions(path: string, files: Files): Promise<Kept[]> {
  const names = await files.list(dirname(path))
  return names
    .filter(name => name.startsWith(basename(path) + suffix))
    .map(name => ({ what: join(dirname(path), name), why: 'a version that edgekit replaced' }))
}

/** Puts what was at a path before edgekit beside the changed file that stays there, once. */
export async function keepBefore(path: string, before: KeptFile, files: Files): Promise<void> {
  if (!before) return
  for (const { what } of await oldVersions(path, files)) if (await isRestored(what, before, files)) return
  await restoreFile(await freeOldVersion(path, files), before, files)
}

/**
 * Keeps a file that is about to be replaced. Not in the receipt: from now on it is the user's, and no uninstall removes it.
 */
export const oldVersion: Action<OldVersionSpec, KeptFile> = {
  kind: 'old-version',
  describe: ({ path, to }) => `Keep the present ${path} as ${to}`,
  inspect: async ({ to }, { files }) => ((await files.status(to)) ? 'done' : 'needed'),
  capture: ({ to }, { files }, backUp) => keepFile(to, files, backUp),
  async apply({ path, to }, { files }) {
    const found = await files.status(path)
    if (found) await files.write(to, { copyOf: path, keepTime: true }, found)
  },
  revert: ({ to }, before, { files }) => restoreFile(to, before, files),
}
