import { dirname } from 'node:path'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import type { Action } from '../action.ts'

interface Before {
  existed: boolean
}

/** Where the device service keeps its database. systemd gives it to the user of the service, and puts a link in its place. */
export const devicesData: Action<Record<string, never>, Before> = {
  kind: 'devices-data',
  describe: () => `Create the directory ${paths.devices}`,
  inspect: async (_, { files }) => ((await files.status(paths.devices)) ? 'done' : 'needed'),
  capture: async (_, { files }) => ({ existed: (await files.status(paths.devices)) !== undefined }),
  async apply(_, { files }) {
    if (!(await files.status(paths.devices)))
      await files.makeDirectory(paths.devices, { mode: 0o700, uid: 0, gid: 0 })
  },
  async revert(_, { existed }, { files }) {
    if (!existed) await removeDevicesData(files)
  },
}

/** Delete the database and the token of the device service. */
export async function removeDevicesData(files: Files): Promise<void> {
  await files.removeTree(paths.devices)
  if (!(await files.status(paths.devicesPrivate))) return
  await files.removeTree(paths.devicesPrivate)
  const parent = dirname(paths.devicesPrivate)
  if ((await files.list(parent)).length === 0) await files.remove(parent)
}
