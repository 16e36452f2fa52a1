import { dirname, join, resolve } from 'node:path'
import type { Files } from '../../node/files.ts'
import { paths, unitFile } from '../../node/paths.ts'
import type { Action } from '../action.ts'

export interface UnitSpec {
  unit: string
  /** systemd did not know it when the node was looked at. */
  isNew?: true
}

/** A unit that was removed may have left the link that had it started. */
const linkOf = (unit: string): string => join(paths.startedAtBoot, unit)

/** What systemd goes by at a boot; a program of its own to say so takes as long as to enable a unit. */
async function isLinked(unit: string, files: Files): Promise<boolean> {
  const link = linkOf(unit)
  if ((await files.status(link))?.kind !== 'symlink') return false
  return resolve(dirname(link), await files.linkTarget(link)) === unitFile(unit)
}

export const unitEnabled: Action<UnitSpec, { enabled: boolean }> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  inspect: async ({ unit, isNew }, { systemd, files }) =>
    (await (isNew ? isLinked(unit, files) : systemd.isEnabled(unit))) ? 'done' : 'needed',
  capture: async ({ unit, isNew }, { systemd, files }) => ({
    enabled: isNew ? (await files.status(linkOf(unit))) !== undefined : await systemd.isEnabled(unit),
  }),
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  async revert({ unit }, { enabled }, { systemd }) {
    if (!enabled) await systemd.disable(unit)
  },
  ownership: ({ enabled }) => (enabled ? 'modified' : 'created'),
}
