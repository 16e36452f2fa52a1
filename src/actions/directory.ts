import { dirname } from 'node:path'
import type { Access, Files } from '../node/files.ts'
import type { Action } from './action.ts'

export interface DirectorySpec extends Access {
  path: string
}

/** The directories that are missing on the way to a path, outermost first. */
async function missing(path: string, files: Files): Promise<string[]> {
  if (await files.status(path)) return []
  return [...(await missing(dirname(path), files)), path]
}

export const directory: Action<DirectorySpec, { made: string[]; access: Access | undefined }> = {
  kind: 'directory',
  describe: ({ path }) => `Make the directory ${path}`,
  async inspect({ path, mode, uid, gid }, { files }) {
    const found = await files.status(path)
    if (!found) return 'needed'
    if (found.kind !== 'directory') return 'foreign'
    return found.mode === mode && found.uid === uid && found.gid === gid ? 'done' : 'needed'
  },
  capture: async ({ path }, { files }) => ({
    made: await missing(path, files),
    access: await files.status(path),
  }),
  async apply({ path, ...access }, { files }) {
    for (const parent of (await missing(path, files)).slice(0, -1)) {
      await files.makeDirectory(parent, { mode: 0o755, uid: 0, gid: 0 })
    }
    if (await files.status(path)) await files.setAccess(path, access)
    else await files.makeDirectory(path, access)
  },
  async revert({ path }, { made, access }, { files }) {
    if (access) await files.setAccess(path, access)
    for (const path of made.toReversed()) {
      if ((await files.list(path)).length === 0) await files.remove(path)
    }
  },
}
