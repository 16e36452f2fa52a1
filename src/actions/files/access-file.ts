import type { Secret } from '../../lib/secret.ts'
import type { Access } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import { gone, type Removal } from '../removal.ts'
import { accessDifference, hasAccess } from './access.ts'
import { type KeptFile, keepFile, restoreFile } from './kept-file.ts'

/**
 * A file with the users of the broker, their rights, or a certificate, or the settings of a service: commands and the user
 * change it after the install.
 */
export interface AccessFileSpec extends Access {
  path: string
  /** The content; a spec read from a file has none. */
  source?: Secret
}

const devicesFiles: readonly string[] = [paths.devicesSettings, paths.devicesEnvironment, paths.devicesLogin]

/** Devices know the passwords and trust the certificate, so the files outlive an uninstall as the broker's data do. */
export const accessFileRemoval: Removal<AccessFileSpec, KeptFile> = {
  title: ({ spec: { path } }) => `Remove ${path}`,
  async remove({ spec: { path } }, { node: { files }, purge }) {
    if (!(await files.status(path))) return []
    if (!purge)
      return [
        {
          what: path,
          why: devicesFiles.includes(path)
            ? 'settings of the device service'
            : 'broker users and certificates',
          purgeable: true,
        },
      ]
    await files.remove(path)
    return []
  },
  async difference({ spec }, { files }) {
    const found = await files.status(spec.path)
    return found ? accessDifference(found, spec) : gone
  },
}

/** What to write. Throws an Error for a spec that was read from a file. */
export function contentOf({ path, source }: AccessFileSpec): { text: string } {
  if (!source) throw new Error(`cannot write ${path}: its content is not recorded`)
  return { text: source.reveal() }
}

export const accessFile: Action<AccessFileSpec, KeptFile> = {
  kind: 'access-file',
  describe: ({ path }) => `Write ${path}`,
  async inspect(spec, { files }) {
    const found = await files.status(spec.path)
    if (!found) return 'needed'
    if (found.kind !== 'file') return 'foreign'
    if (!hasAccess(found, spec)) return 'needed'
    return spec.source && (await files.read(spec.path)) !== spec.source.reveal() ? 'needed' : 'done'
  },
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply(spec, { files }) {
    const { path, mode, uid, gid } = spec
    await files.write(path, contentOf(spec), { mode, uid, gid })
  },
  revert: ({ path }, before, { files }) => restoreFile(path, before, files),
  ownership: before => (before ? 'modified' : 'created'),
  removal: accessFileRemoval,
}
