import type { Access, Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import { gone, type Kept, type Owned, type Removal } from '../removal.ts'
import { accessDifference, hasAccess } from './access.ts'
import { isRestored, type KeptFile, keepFile, restoreFile } from './kept-file.ts'
import { keepBefore, oldVersions } from './old-version.ts'
import { requireShown, shownFile } from './preview.ts'

export interface FileSpec extends Access {
  path: string
  /** Path of the verified file in the unpacked bundle, or a text made for this node. */
  source: string | { text: string }
  sha256: string
  /** Only edgekit writes here, so whatever is there may be replaced. */
  ours: boolean
  /** A configuration file that the user has changed and keeps. */
  userOwned?: true
}

type State = 'gone' | 'ours' | 'changed'

async function stateOf({ path, sha256 }: FileSpec, files: Files): Promise<State> {
  const found = await files.status(path)
  if (!found) return 'gone'
  return found.kind === 'file' && (await files.sha256(path)) === sha256 ? 'ours' : 'changed'
}

async function removeFile(
  { spec, before }: Pick<Owned<FileSpec, KeptFile>, 'spec' | 'before'>,
  files: Files,
  evenChanged: boolean,
): Promise<Kept | undefined> {
  const { path, ours } = spec
  const state = await stateOf(spec, files)
  if (state === 'gone' || (await isRestored(path, before, files))) return undefined
  if (state === 'changed' && !ours && !evenChanged) {
    await keepBefore(path, before, files)
    return { what: path, why: 'changed since edgekit wrote it' }
  }
  await restoreFile(path, before, files)
  return undefined
}

const removal: Removal<FileSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => `${before ? 'Restore' : 'Remove'} ${path}`,
  async remove(item, { node: { files }, purge }) {
    const { path } = item.spec
    // In /etc/edgekit a changed file is configuration the user has edited, and goes with the directory.
    const isConfiguration = path.startsWith('/etc/edgekit/')
    const stays = await removeFile(item, files, isConfiguration && purge)
    if (isConfiguration && purge) return []
    const kept: Kept[] = [...(stays ? [stays] : []), ...(await oldVersions(path, files))]
    return isConfiguration ? kept.map(item => ({ ...item, purgeable: true })) : kept
  },
  async difference({ spec }, { files }) {
    const found = await files.status(spec.path)
    if (!found) return gone
    return (await stateOf(spec, files)) === 'changed' ? 'has been changed' : accessDifference(found, spec)
  },
}

export const file: Action<FileSpec, KeptFile> = {
  kind: 'file',
  describe: ({ path }) => `Write ${path}`,
  async inspect(spec, { files }) {
    const { path, sha256, ours, userOwned } = spec
    const found = await files.status(path)
    if (!found) return 'needed'
    if (found.kind !== 'file') return 'foreign'
    if (userOwned) return 'done'
    if ((await files.sha256(path)) === sha256) return hasAccess(found, spec) ? 'done' : 'needed'
    return ours ? 'needed' : 'foreign'
  },
  preview: async ({ path, source }, { files }) => ({
    path,
    before: await shownFile(path, files),
    after: typeof source === 'string' ? await requireShown(source, files) : source,
  }),
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply({ path, source, sha256, mode, uid, gid }, { files }) {
    const content = typeof source === 'string' ? { copyOf: source, sha256 } : source
    await files.write(path, content, { mode, uid, gid })
  },
  revert: ({ path }, before, { files }) => restoreFile(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  // Lets a later run see that a large file is unchanged without hashing it.
  fingerprint: async ({ path }, { files }) => ({
    size: (await files.status(path))?.size,
    modified: await files.modified(path),
  }),
  removal,
}
