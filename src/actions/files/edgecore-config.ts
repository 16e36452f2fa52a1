import { type ConfigValue, patchEdgecoreConfig } from '../../edgecore/config/config.ts'
import { withoutSecrets } from '../../edgecore/config/secret-values.ts'
import { Secret } from '../../lib/secret.ts'
import type { Access, Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import { type KeptFile, keepFile, putFileBack } from './kept-file.ts'

export interface EdgecoreConfigSpec {
  path: string
  /** The configuration in the unpacked bundle, used when the node has none yet. */
  base: string
  /** Keys that must have these values, whoever wrote the file. */
  values: Record<string, ConfigValue>
  /** Keys that the user has set to something else, and which stay so. */
  userOwned?: string[]
  /** Keys that are set only in a new file. */
  initial: Record<string, ConfigValue>
  /**
   * Keys with values that are never written down anywhere else; in a spec that comes out of a file only where they came
   * from is left of them.
   */
  secrets?: Record<string, Secret | string>
}

// It can hold the bootstrap token of the cloud.
const newAccess: Access = { mode: 0o640, uid: 0, gid: 0 }
const holdsSecret = ({ secrets = {} }: EdgecoreConfigSpec): boolean => Object.keys(secrets).length > 0
const isPrivate = ({ mode }: Access): boolean => (mode & ~newAccess.mode) === 0

async function patched({ path, base, values, initial, secrets = {} }: EdgecoreConfigSpec, files: Files) {
  const before = await files.read(path)
  const all = { ...(before === undefined && initial), ...values, ...revealed(secrets) }
  return { before, ...patchEdgecoreConfig(before ?? (await files.read(base)) ?? '', all) }
}

const revealed = (secrets: Record<string, Secret | string>): Record<string, ConfigValue> =>
  Object.fromEntries(
    Object.entries(secrets).flatMap(([key, secret]) =>
      secret instanceof Secret ? [[key, secret.reveal()]] : [],
    ),
  )

export const edgecoreConfig: Action<EdgecoreConfigSpec, KeptFile> = {
  kind: 'edgecore-config',
  describe: ({ path, values, secrets = {} }) =>
    `Set ${Object.keys({ ...values, ...secrets }).length} keys in ${path}`,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    // A link: what it leads to belongs to somebody who keeps EdgeCore's configuration elsewhere on purpose.
    if (found.kind !== 'file') return 'foreign'
    if (holdsSecret(spec) && !isPrivate(found)) return 'needed'
    return (await patched(spec, files)).changed.length === 0 ? 'done' : 'needed'
  },
  async preview(spec, { files }) {
    const { before, text } = await patched(spec, files)
    const shown = withoutSecrets(before, text)
    return {
      path: spec.path,
      before: shown.before === undefined ? undefined : { text: shown.before },
      after: { text: shown.after },
    }
  },
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply(spec, { files }) {
    const { text } = await patched(spec, files)
    const found = await files.status(spec.path)
    const access = found?.kind === 'file' ? found : newAccess
    const mode = holdsSecret(spec) ? access.mode & newAccess.mode : access.mode
    await files.write(spec.path, { text }, { ...access, mode })
    // What was written has been understood again, and no key was left to be changed.
    return 'done'
  },
  revert: ({ path }, before, { files }) => putFileBack(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  fingerprint: async ({ path }, { files }) => ({ sha256: await files.sha256(path) }),
}
