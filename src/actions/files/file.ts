import type { Access } from '../../node/files.ts'
import type { Action } from '../action.ts'
import { type KeptFile, keepFile, putFileBack } from './kept-file.ts'
import { requireShown, shownFile } from './preview.ts'

export interface FileSpec extends Access {
  path: string
  /** The verified file in the unpacked bundle that belongs there, or a text that was made for this node. */
  source: string | { text: string }
  sha256: string
  /** Nobody but edgekit writes here, so whatever is there may be replaced; elsewhere it is somebody else's work. */
  ours: boolean
  /** A configuration that the user has made his own: whatever it is, it stays. */
  userOwned?: true
}

export const file: Action<FileSpec, KeptFile> = {
  kind: 'file',
  describe: ({ path }) => `Write ${path}`,
  async inspect({ path, sha256, ours, userOwned, mode, uid, gid }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    if (found.kind !== 'file') return 'foreign'
    if (userOwned) return 'done'
    const actual = await files.sha256(path)
    if (actual === sha256)
      return found.mode === mode && found.uid === uid && found.gid === gid ? 'done' : 'needed'
    return ours ? 'needed' : 'foreign'
  },
  preview: async ({ path, source }, { files }) => ({
    path,
    before: await shownFile(path, files),
    after: typeof source === 'string' ? await requireShown(source, files) : source,
  }),
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply({ path, source, mode, uid, gid }, { files }) {
    await files.write(path, typeof source === 'string' ? { copyOf: source } : source, { mode, uid, gid })
  },
  revert: ({ path }, before, { files }) => putFileBack(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  // To see without reading it all that a big file is still the same.
  fingerprint: async ({ path }, { files }) => ({
    size: (await files.status(path))?.size,
    modified: await files.modified(path),
  }),
}
