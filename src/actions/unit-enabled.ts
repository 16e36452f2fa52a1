import { join } from 'node:path'
import { paths } from '../node/paths.ts'
import type { Action } from './action.ts'

export interface UnitSpec {
  unit: string
  /** systemd did not know it when the node was looked at. */
  isNew?: true
}

/** A unit that was removed may have left the link that had it started. */
const linkOf = (unit: string): string => join(paths.startedAtBoot, unit)

export const unitEnabled: Action<UnitSpec, { enabled: boolean }> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  inspect: async ({ unit }, { systemd }) => ((await systemd.isEnabled(unit)) ? 'done' : 'needed'),
  capture: async ({ unit, isNew }, { systemd, files }) => ({
    enabled: isNew ? (await files.status(linkOf(unit))) !== undefined : await systemd.isEnabled(unit),
  }),
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  async revert({ unit }, { enabled }, { systemd }) {
    if (!enabled) await systemd.disable(unit)
  },
  ownership: ({ enabled }) => (enabled ? 'modified' : 'created'),
}
