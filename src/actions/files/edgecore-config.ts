import { type ConfigValue, patchEdgecoreConfig, restoreKeys } from '../../edgecore/config/config.ts'
import { withoutSecrets } from '../../edgecore/config/secret-values.ts'
import { type ConfigValues, isEditedSince, valuesIn } from '../../edgecore/own-writing.ts'
import { Secret } from '../../lib/secret.ts'
import type { Access, Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { gone, type Owned, type Removal } from '../removal.ts'
import { isRestored, type KeptFile, keepFile, restoreFile } from './kept-file.ts'
import { keepBefore, oldVersions } from './old-version.ts'

export interface EdgecoreConfigSpec {
  path: string
  /** The text of the configuration to start from when the node has none; a spec read from a file has none. */
  base?: string
  /** Keys set to these values in any file, including one edgekit did not write. */
  values: Record<string, ConfigValue>
  /** Keys the user has set to other values, which edgekit leaves alone. */
  userOwned?: string[]
  /** The user had changed the file when edgekit last looked, so what an install left is not all edgekit's. */
  edited?: true
  /** Keys set only in a new file. */
  initial: Record<string, ConfigValue>
  /** Keys whose values are stored nowhere else; a spec read from a file has only their origin in place of the value. */
  secrets?: Record<string, Secret | string>
}

// edgecore.yaml can contain the bootstrap token.
const newAccess: Access = { mode: 0o640, uid: 0, gid: 0 }
const hasSecret = ({ secrets = {} }: EdgecoreConfigSpec): boolean => Object.keys(secrets).length > 0
const isPrivate = ({ mode }: Access): boolean => (mode & ~newAccess.mode) === 0

/** The file as it is, and as the change leaves it. Contains the secrets. */
export async function patched(
  { path, base = '', values, initial, secrets = {} }: EdgecoreConfigSpec,
  files: Files,
) {
  const before = await files.read(path)
  const all = { ...(before === undefined && initial), ...values, ...revealed(secrets) }
  return { before, ...patchEdgecoreConfig(before ?? base, all, before === undefined ? undefined : path) }
}

const revealed = (secrets: Record<string, Secret | string>): Record<string, ConfigValue> =>
  Object.fromEntries(
    Object.entries(secrets).flatMap(([key, secret]) =>
      secret instanceof Secret ? [[key, secret.reveal()]] : [],
    ),
  )

/** What an install left: the hash of the file, and its values. */
type Left = { sha256?: string; values?: ConfigValues | undefined } | null

/** Whether the file is as an install left it, given its fingerprint. What EdgeCore writes in it by itself does not count. */
export async function isAsLeft(path: string, after: unknown, { files, processes }: Node): Promise<boolean> {
  const { sha256, values } = (after as Left) ?? {}
  if ((await files.sha256(path)) === sha256) return true
  const text = await files.read(path)
  if (text === undefined || values === undefined) return false
  // Every version prints its defaults and exits, also while another EdgeCore runs (v1.8 to v1.23).
  const defaults = () =>
    processes.run(paths.edgecore, ['--defaultconfig'], { timeoutMs: 10_000 }).then(
      ({ stdout }) => stdout,
      () => undefined,
    )
  return !(await isEditedSince(values, text, defaults))
}

/** Whether there is nothing of the user's in the file. */
const isUnchanged = async (
  { spec: { path, edited }, after }: Owned<EdgecoreConfigSpec>,
  node: Node,
): Promise<boolean> => !edited && (await isAsLeft(path, after, node))

/** In a file that was changed since, only the keys edgekit set are restored. */
const removal: Removal<EdgecoreConfigSpec, KeptFile> = {
  title: ({ spec: { path }, before }) => `${before ? 'Restore' : 'Remove'} ${path}`,
  async remove(item, { node, purge }) {
    const { files } = node
    const { path, values } = item.spec
    const { before } = item
    const text = await files.read(path)
    if (text === undefined || (await isRestored(path, before, files))) return []
    if ((!before && purge) || (await isUnchanged(item, node))) {
      await restoreFile(path, before, files)
      return []
    }
    if (!before || 'linkTo' in before) {
      await keepBefore(path, before, files)
      const why = 'changed since edgekit wrote it'
      return [{ what: path, why, ...(!before && { purgeable: true }) }, ...(await oldVersions(path, files))]
    }
    const old = (await files.read(before.backup)) ?? ''
    const restored = restoreKeys(text, old, values)
    const access = await files.status(path)
    if (restored.text !== text && access) await files.write(path, { text: restored.text }, access)
    return restored.changedSince.map(key => ({
      what: `${key} in ${path}`,
      why: 'changed since edgekit set it',
    }))
  },
  async difference(item, { files }) {
    const text = await files.read(item.spec.path)
    if (text === undefined) return gone
    const { changed } = patchEdgecoreConfig(text, item.spec.values)
    if (changed.length === 0) return undefined
    const shown = changed.map(
      ({ path: key, before, after }) =>
        `${key} is ${JSON.stringify(before)}, expected ${JSON.stringify(after)}`,
    )
    return `has other values: ${shown.join('; ')}`
  },
}

export const edgecoreConfig: Action<EdgecoreConfigSpec, KeptFile> = {
  kind: 'edgecore-config',
  describe: ({ path }, isThere = true) => (isThere ? `Set keys in ${path}` : `Create ${path}`),
  isThere: async ({ path }, { files }) => (await files.status(path)) !== undefined,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    // A symbolic link means EdgeCore's configuration is managed elsewhere on purpose.
    if (found.kind !== 'file') return 'foreign'
    if (hasSecret(spec) && !isPrivate(found)) return 'needed'
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
    const mode = hasSecret(spec) ? access.mode & newAccess.mode : access.mode
    await files.write(spec.path, { text }, { ...access, mode })
    // patchEdgecoreConfig has parsed its own output and found no key left to change.
    return 'done'
  },
  revert: ({ path }, before, { files }) => restoreFile(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  fingerprint: async ({ path }, { files }) =>
    ({ sha256: await files.sha256(path), values: valuesIn((await files.read(path)) ?? '') }) satisfies Left,
  // EdgeCore has written its defaults by then.
  fingerprintAlways: true,
  removal,
}
