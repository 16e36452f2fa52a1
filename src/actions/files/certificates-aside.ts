import type { Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import { isStartingOrActive, stopKnownUnit } from '../services/unit-running.ts'

export interface CertificatesAsideSpec {
  /** Stopped first: it reads and writes the files. */
  unit: string
  /** Paths of certificates, key and token, whether they exist or not. */
  files: string[]
  /** Appended to their names, such as `.20261130T081500Z`. */
  suffix: string
}

interface Before {
  /** The unit was running or being restarted. */
  tried: boolean
  /** The files that existed. */
  existed: string[]
}

async function existing(paths: readonly string[], files: Files): Promise<string[]> {
  const found = await Promise.all(paths.map(path => files.status(path)))
  return paths.filter((_, index) => found[index])
}

/**
 * Makes EdgeCore request a new certificate, with a new token: the old ones are renamed, and kept, because the node may
 * return to the cloud they are for.
 */
export const certificatesAside: Action<CertificatesAsideSpec, Before> = {
  kind: 'certificates-aside',
  describe: ({ suffix }) => `Move the certificates of the previous cloud aside (*${suffix})`,
  async inspect({ files: paths, suffix }, { files }) {
    const aside = await existing(
      paths.map(path => path + suffix),
      files,
    )
    return aside.length > 0 ? 'done' : 'needed'
  },
  capture: async ({ unit, files: paths }, { files, systemd }) => ({
    tried: isStartingOrActive((await systemd.unit(unit)).active),
    existed: await existing(paths, files),
  }),
  async apply({ unit, files: paths, suffix }, node) {
    const { files } = node
    await stopKnownUnit(unit, node)
    for (const path of await existing(paths, files)) {
      // Since an interruption, EdgeCore may have written another one. The original is aside.
      if (await files.status(path + suffix)) await files.remove(path)
      else await files.rename(path, path + suffix)
    }
  },
  async revert({ unit, files: paths, suffix }, { existed }, node) {
    const { files } = node
    await stopKnownUnit(unit, node)
    for (const path of paths) {
      if (await files.status(path + suffix)) await files.rename(path + suffix, path)
      else if (!existed.includes(path)) await files.remove(path)
    }
  },
  async restartAfterRollback({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
}
