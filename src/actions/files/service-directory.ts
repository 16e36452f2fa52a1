import { join } from 'node:path'
import type { Action } from '../action.ts'

export interface ServiceDirectorySpec {
  path: string
}

/** A directory that a service keeps its own things in: what comes into it goes again when it is taken back. */
export const serviceDirectory: Action<ServiceDirectorySpec, { names: string[] | null }> = {
  kind: 'service-directory',
  describe: ({ path }) => `Make room in ${path}`,
  inspect: async ({ path }, { files }) => ((await files.status(path)) ? 'done' : 'needed'),
  capture: async ({ path }, { files }) => ({
    names: (await files.status(path)) ? await files.list(path) : null,
  }),
  async apply({ path }, { files }) {
    if (!(await files.status(path))) await files.makeDirectory(path, { mode: 0o711, uid: 0, gid: 0 })
  },
  async revert({ path }, { names }, { files }) {
    if (names === null) return files.removeTree(path)
    for (const name of await files.list(path)) {
      if (!names.includes(name)) await files.removeTree(join(path, name))
    }
  },
  ownership: ({ names }) => (names ? 'modified' : 'created'),
}
