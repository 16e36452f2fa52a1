import { isUnknown, type Systemd } from '../../node/systemd.ts'
import type { UnitSpec } from '../unit-enabled.ts'
import { stopUnit, type UnitRunningSpec } from '../unit-running.ts'
import { gone, type Release } from './release.ts'

const isThere = async (unit: string, systemd: Systemd): Promise<boolean> =>
  (await systemd.unit(unit)).load !== 'not-found'

export const releaseEnabled: Release<UnitSpec, { enabled: boolean }> = {
  title: ({ spec: { unit } }) => `Do not start ${unit} at boot any more`,
  async release({ spec: { unit }, before }, { node: { systemd } }) {
    if (!before.enabled && (await systemd.isEnabled(unit))) await systemd.disable(unit)
    return []
  },
  async difference({ spec: { unit } }, { systemd }) {
    const { enabled } = await systemd.unit(unit)
    return enabled === 'enabled' ? undefined : `is ${enabled || 'not there'}, expected enabled`
  },
}

export const releaseRunning: Release<UnitRunningSpec, { tried: boolean }> = {
  title: ({ spec: { unit } }) => `Stop ${unit}`,
  async release({ spec: { unit }, before }, { node }) {
    if (!before.tried && !isUnknown(await node.systemd.unit(unit))) await stopUnit(unit, node)
    return []
  },
  async difference({ spec: { unit, mayFail } }, { systemd }) {
    if (!(await isThere(unit, systemd))) return gone
    const { active, sub } = await systemd.unit(unit)
    return active === 'active' || (mayFail && active === 'activating')
      ? undefined
      : `is ${active} (${sub}), expected active`
  },
}
