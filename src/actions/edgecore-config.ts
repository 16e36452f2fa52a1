import { type ConfigValue, patchEdgecoreConfig } from '../edgecore/config.ts'
import type { Access, Files } from '../node/files.ts'
import type { Action } from './action.ts'
import { type KeptFile, keepFile, putFileBack } from './kept-file.ts'

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

export const edgecoreConfig: Action<EdgecoreConfigSpec, KeptFile> = {
  kind: 'edgecore-config',
  describe: ({ path, values }) => `Set ${Object.keys(values).length} keys in ${path}`,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    // A link: what it leads to belongs to somebody who keeps EdgeCore's configuration elsewhere on purpose.
    if (found.kind !== 'file') return 'foreign'
    return (await patched(spec, files)).changed.length === 0 ? 'done' : 'needed'
  },
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply(spec, { files }) {
    const { text } = await patched(spec, files)
    await files.write(spec.path, { text }, (await files.status(spec.path)) ?? newAccess)
  },
  revert: ({ path }, before, { files }) => putFileBack(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  left: async ({ path }, { files }) => ({ sha256: await files.sha256(path) }),
}
