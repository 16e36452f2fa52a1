import { dirname, join, resolve } from 'node:path'
import type { Files } from '../../node/files.ts'
import { paths, unitFile } from '../../node/paths.ts'
import type { Action } from '../action.ts'
import type { Removal } from '../removal.ts'

export interface UnitSpec {
  unit: string
  /** systemd did not know the unit when the node was inspected. */
  isNew?: true
}

interface Before {
  enabled: boolean
}

/** The link that starts a unit at boot. It may outlive a removed unit. */
const linkOf = (unit: string): string => join(paths.startedAtBoot, unit)

/** Reads what systemd reads at boot: running `systemctl is-enabled` takes as long as enabling the unit. */
async function isLinked(unit: string, files: Files): Promise<boolean> {
  const link = linkOf(unit)
  if ((await files.status(link))?.kind !== 'symlink') return false
  return resolve(dirname(link), await files.linkTarget(link)) === unitFile(unit)
}

const removal: Removal<UnitSpec, Before> = {
  title: ({ spec: { unit } }) => `Disable ${unit}`,
  async remove({ spec: { unit }, before }, { node: { systemd } }) {
    if (!before.enabled && (await systemd.isEnabled(unit))) await systemd.disable(unit)
    return []
  },
  async difference({ spec: { unit } }, { systemd }) {
    const { enabled } = await systemd.unit(unit)
    return enabled === 'enabled' ? undefined : `is ${enabled || 'missing'}, expected enabled`
  },
}

export const unitEnabled: Action<UnitSpec, Before> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit}`,
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
  removal,
}
