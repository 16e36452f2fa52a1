import { dirname, join } from 'node:path'
import type { Access, Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { gone, type Kept, type Removal } from '../removal.ts'
import { accessDifference, hasAccess } from './access.ts'

export interface DirectorySpec extends Access {
  path: string
  /** edgekit's own directory: edgekit sets mode and owner, and a rollback removes its contents. */
  ours: boolean
  /** EdgeCore writes there, too: what it has made is the node's membership, and stays in a rollback as in an uninstall. */
  shared?: true
}

interface Before {
  /** Parent directories that were created, outermost first. */
  made: string[]
  access: Access | null
}

/** The missing directories on the way to a path and itself, outermost first. */
async function missing(path: string, files: Files): Promise<string[]> {
  if (await files.status(path)) return []
  return [...(await missing(dirname(path), files)), path]
}

/** No uninstall removes the trusted keys: the next install would accept any bundle. */
const leftIn = (what: string, ours: boolean): Kept =>
  what === paths.trustedKeys
    ? { what, why: 'the keys that this node trusts' }
    : { what, why: 'not created by edgekit', ...(ours && { purgeable: true }) }

/** Own directories go even if they existed before: an earlier uninstall may have left data in them. */
const removal: Removal<DirectorySpec, Before> = {
  title: ({ spec: { path } }) => `Remove the directory ${path}`,
  async remove({ spec: { path, ours, shared }, before }, { node: { files }, purge }) {
    if (!ours && before.access) return []
    if ((await files.status(path))?.kind !== 'directory') return []
    if (ours && purge) {
      for (const name of await files.list(path))
        if (join(path, name) !== paths.trustedKeys) await files.removeTree(join(path, name))
    }
    const names = await files.list(path)
    if (names.length > 0 && path === paths.brokerData) {
      return [{ what: path, why: 'broker data', purgeable: true }]
    }
    if (names.length > 0) return shared ? [] : names.map(name => leftIn(join(path, name), ours))
    for (const directory of new Set([path, ...before.made.toReversed()])) {
      if ((await files.list(directory)).length > 0) break
      await files.remove(directory)
    }
    return []
  },
  async difference({ spec }, { files }) {
    const found = await files.status(spec.path)
    if (!found) return gone
    if (found.kind !== 'directory') return `is a ${found.kind}, expected a directory`
    return spec.ours ? accessDifference(found, spec) : undefined
  },
}

export const directory: Action<DirectorySpec, Before> = {
  kind: 'directory',
  describe: ({ path }) => `Create the directory ${path}`,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    if (found.kind !== 'directory') return 'foreign'
    return !spec.ours || hasAccess(found, spec) ? 'done' : 'needed'
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
  async revert({ path, ours, shared }, { made, access }, { files }) {
    if (access) return files.setAccess(path, access)
    if (ours) await files.removeTree(path)
    for (const directory of made.toReversed()) {
      const names = await files.list(directory)
      if (names.length > 0 && shared) return
      if (names.length > 0)
        throw new Error(`cannot remove ${directory}: it is not empty (${names.join(', ')})`)
      await files.remove(directory)
    }
  },
  ownership: ({ access }) => (access ? 'modified' : 'created'),
  removal,
}
