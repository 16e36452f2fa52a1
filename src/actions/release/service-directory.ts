import { join } from 'node:path'
import type { ServiceDirectorySpec } from '../files/service-directory.ts'
import { gone, type Release } from './release.ts'

export const releaseServiceDirectory: Release<ServiceDirectorySpec, { names: string[] | null }> = {
  title: ({ spec: { path } }) => `Clear ${path}`,
  async release({ spec: { path }, before: { names } }, { node: { files }, purge }) {
    const came = (await files.list(path)).filter(name => !names?.includes(name))
    // What is in /run is gone with the next boot.
    if (came.length > 0 && !purge && !path.startsWith('/run/')) {
      const why = 'what the service has kept there; uninstall --purge removes it as well'
      return [{ what: path, why, intended: true }]
    }
    for (const name of came) await files.removeTree(join(path, name))
    if (names === null && (await files.list(path)).length === 0) await files.remove(path)
    return []
  },
  difference: async ({ spec: { path } }, { files }) => ((await files.status(path)) ? undefined : gone),
}
