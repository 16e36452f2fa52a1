import type { Files } from '../../node/files.ts'
import { unitFile } from '../../node/paths.ts'
import type { Action } from '../action.ts'

export interface UnitUnmaskedSpec {
  unit: string
}

interface Before {
  /** Paths of the links to /dev/null. */
  masks: string[]
}

const nowhere = '/dev/null'

/** The links that mask a unit: `systemctl mask` makes one in /etc, and with --runtime in /run. */
async function masksOf(unit: string, files: Files): Promise<string[]> {
  const masks: string[] = []
  for (const path of [unitFile(unit), `/run/systemd/system/${unit}`]) {
    const isLink = (await files.status(path))?.kind === 'symlink'
    if (isLink && (await files.linkTarget(path)) === nowhere) masks.push(path)
  }
  return masks
}

/** Lets systemd start a masked unit again. */
export const unitUnmasked: Action<UnitUnmaskedSpec, Before> = {
  kind: 'unit-unmasked',
  describe: ({ unit }) => `Unmask ${unit}`,
  inspect: async ({ unit }, { files }) => ((await masksOf(unit, files)).length > 0 ? 'needed' : 'done'),
  capture: async ({ unit }, { files }) => ({ masks: await masksOf(unit, files) }),
  async apply({ unit }, { files, systemd }) {
    for (const path of await masksOf(unit, files)) await files.remove(path)
    await systemd.reload()
    return 'done'
  },
  // A rollback reloads systemd at its end.
  async revert(_, { masks }, { files }) {
    for (const path of masks) await files.link(path, nowhere)
  },
}
