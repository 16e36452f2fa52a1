import { dirname } from 'node:path'
import type { Access, Files } from '../../node/files.ts'
import type { Action } from '../action.ts'

export interface DirectorySpec extends Access {
  path: string
  /** edgekit's own: its mode and owner are ours to set, and what is in it goes when it is taken back. */
  ours: boolean
}

/** The directories that are missing on the way to a path, outermost first. */
async function missing(path: string, files: Files): Promise<string[]> {
  if (await files.status(path)) return []
  return [...(await missing(dirname(path), files)), path]
}

interface Before {
  /** The directories that were missing on the way, outermost first. */
  made: string[]
  access: Access | null
}

export const directory: Action<DirectorySpec, Before> = {
  kind: 'directory',
  describe: ({ path }) => `Make the directory ${path}`,
  async inspect({ path, ours, mode, uid, gid }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    if (found.kind !== 'directory') return 'foreign'
    if (!ours) return 'done'
    return found.mode === mode && found.uid === uid && found.gid === gid ? 'done' : 'needed'
  },
  capture: async ({ path }, { files }) => ({
    made: await missing(path, files),
    access: (await files.status(path)) ?? null,
  }),
  async apply({ path, mode, uid, gid }, { files }) {
    const access = { mode, uid, gid }
    for (const parent of (await missing(path, files)).slice(0, -1)) {
      await files.makeDirectory(parent, { mode: 0o755, uid: 0, gid: 0 })
    }
    if (await files.status(path)) await files.setAccess(path, access)
    else await files.makeDirectory(path, access)
  },
  async revert({ path, ours }, { made, access }, { files }) {
    if (access) return files.setAccess(path, access)
    if (ours) await files.removeTree(path)
    for (const directory of made.toReversed()) {
      const kept = await files.list(directory)
      if (kept.length > 0) throw new Error(`${directory} is not empty: ${kept.join(', ')}`)
      await files.remove(directory)
    }
  },
  ownership: ({ access }) => (access ? 'modified' : 'created'),
}
