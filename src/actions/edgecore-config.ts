import { type ConfigValue, patchEdgecoreConfig } from '../edgecore/config.ts'
import type { Access, Files } from '../node/files.ts'
import type { Action } from './action.ts'

export interface EdgecoreConfigSpec {
  path: string
  /** The configuration in the unpacked bundle, used when the node has none yet. */
  base: string
  /** Keys that must have these values, whoever wrote the file. */
  values: Record<string, ConfigValue>
  /** Keys that are set only in a new file. */
  initial: Record<string, ConfigValue>
}

// It can hold the bootstrap token of the cloud.
const newAccess: Access = { mode: 0o640, uid: 0, gid: 0 }

async function patched({ path, base, values, initial }: EdgecoreConfigSpec, files: Files) {
  const text = await files.read(path)
  if (text !== undefined) return patchEdgecoreConfig(text, values)
  return patchEdgecoreConfig((await files.read(base)) ?? '', { ...initial, ...values })
}

export const edgecoreConfig: Action<EdgecoreConfigSpec, { text: string | undefined; access: Access }> = {
  kind: 'edgecore-config',
  describe: ({ path, values }) => `Set ${Object.keys(values).length} keys in ${path}`,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    // A link: what it leads to belongs to somebody who keeps EdgeCore's configuration elsewhere on purpose.
    if (found.kind !== 'file') return 'foreign'
    return (await patched(spec, files)).changed.length === 0 ? 'done' : 'needed'
  },
  capture: async ({ path }, { files }) => ({
    text: await files.read(path),
    access: (await files.status(path)) ?? newAccess,
  }),
  async apply(spec, { files }) {
    const { text } = await patched(spec, files)
    await files.write(spec.path, { text }, (await files.status(spec.path)) ?? newAccess)
  },
  async revert({ path }, { text, access }, { files }) {
    if (text === undefined) await files.remove(path)
    else await files.write(path, { text }, access)
  },
}
