import type { Access } from '../../node/files.ts'
import type { Action } from '../action.ts'

export interface FilePrivateSpec {
  path: string
}

const forOthers = 0o007

/** Takes the permissions of a secret file away from users who are neither its owner nor in its group. */
export const filePrivate: Action<FilePrivateSpec, Access | null> = {
  kind: 'file-private',
  describe: ({ path }) => `Make ${path} unreadable for other users`,
  async inspect({ path }, { files }) {
    const found = await files.status(path)
    if (!found) return 'done'
    // The target of a link may belong to another program.
    if (found.kind !== 'file') return 'foreign'
    return (found.mode & forOthers) === 0 ? 'done' : 'needed'
  },
  async capture({ path }, { files }) {
    const found = await files.status(path)
    return found ? { mode: found.mode, uid: found.uid, gid: found.gid } : null
  },
  async apply({ path }, { files }) {
    const found = await files.status(path)
    if (found) await files.setAccess(path, { ...found, mode: found.mode & ~forOthers })
  },
  async revert({ path }, before, { files }) {
    if (before && (await files.status(path))) await files.setAccess(path, before)
  },
}
