import type { Files } from '../node/files.ts'
import { paths } from '../node/paths.ts'
import { parseEnvironment } from './environment-file.ts'
import { type DevicesSettings, type Environment, readSettings } from './settings.ts'

/** The texts of the files; undefined for those that do not exist. */
export interface ServiceFiles {
  settings: string | undefined
  environment: string | undefined
  login: string | undefined
}

/** What is on this node. Read-only. */
export async function readServiceFiles(files: Files): Promise<ServiceFiles> {
  const [settings, environment, login] = await Promise.all(
    [paths.devicesSettings, paths.devicesEnvironment, paths.devicesLogin].map(path => files.read(path)),
  )
  return { settings, environment, login }
}

/** The variables that systemd passes on: those of the user have precedence. Throws EdgekitError (invalid-environment). */
const environmentOf = ({ environment, login }: Omit<ServiceFiles, 'settings'>): Environment => ({
  ...parseEnvironment(login ?? '', paths.devicesLogin),
  ...parseEnvironment(environment ?? '', paths.devicesEnvironment),
})

/** How the service runs with these files. Throws EdgekitError (invalid-devices-settings, invalid-environment). */
export const settingsWith = ({ settings, ...files }: ServiceFiles): DevicesSettings =>
  readSettings(
    settings === undefined ? undefined : { path: paths.devicesSettings, text: settings },
    environmentOf(files),
  )
