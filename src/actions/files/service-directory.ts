import { join } from 'node:path'
import type { Action } from '../action.ts'
import { gone, type Removal } from '../removal.ts'

export interface ServiceDirectorySpec {
  path: string
}

interface Before {
  /** What was in it; null when it did not exist. */
  names: string[] | null
}

const removal: Removal<ServiceDirectorySpec, Before> = {
  title: ({ spec: { path } }) => `Clear ${path}`,
  async remove({ spec: { path }, before: { names } }, { node: { files }, purge }) {
    const added = (await files.list(path)).filter(name => !names?.includes(name))
    // /run is empty after the next boot anyway.
    if (added.length > 0 && !purge && !path.startsWith('/run/'))
      return [{ what: path, why: 'service data', purgeable: true }]
    for (const name of added) await files.removeTree(join(path, name))
    if (names === null && (await files.list(path)).length === 0) await files.remove(path)
    return []
  },
  difference: async ({ spec: { path } }, { files }) => ((await files.status(path)) ? undefined : gone),
}

/** A directory in which a service keeps its own data; whatever the service adds is removed with it. */
export const serviceDirectory: Action<ServiceDirectorySpec, Before> = {
  kind: 'service-directory',
  describe: ({ path }) => `Create the directory ${path}`,
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
  removal,
}
