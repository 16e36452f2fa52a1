import { join } from 'node:path'
import type { Access } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import type { Action } from './action.ts'

export interface FileSpec extends Access {
  path: string
  /** The verified file in the unpacked bundle that belongs there, or a text that was made for this node. */
  source: string | { text: string }
  sha256: string
  /** Nobody but edgekit writes here, so whatever is there may be replaced. */
  ours: boolean
  /** Hash of what edgekit put there before; where the place is not ours, anything else is somebody else's work. */
  previousSha256: string | undefined
}

type Before = { backup: string; access: Access } | undefined

export const file: Action<FileSpec, Before> = {
  kind: 'file',
  describe: ({ path }) => `Write ${path}`,
  async inspect({ path, sha256, ours, previousSha256, mode, uid, gid }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    if (found.kind !== 'file') return 'foreign'
    const actual = await files.sha256(path)
    if (actual === sha256)
      return found.mode === mode && found.uid === uid && found.gid === gid ? 'done' : 'needed'
    return ours || actual === previousSha256 ? 'needed' : 'foreign'
  },
  async capture({ path }, { files }) {
    const access = await files.status(path)
    if (!access) return undefined
    const backup = join(paths.backups, encodeURIComponent(path))
    await files.write(backup, { copyOf: path }, { mode: 0o600, uid: 0, gid: 0 })
    return { backup, access }
  },
  async apply({ path, source, mode, uid, gid }, { files }) {
    await files.write(path, typeof source === 'string' ? { copyOf: source } : source, { mode, uid, gid })
  },
  async revert({ path }, before, { files }) {
    if (!before) return files.remove(path)
    await files.write(path, { copyOf: before.backup }, before.access)
    await files.remove(before.backup)
  },
}
