import type { UnitSpec } from '../services/unit-enabled.ts'
import { isStarted, stopUnit, type UnitRunningSpec } from '../services/unit-running.ts'
import { gone, type Release } from './release.ts'

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
    if (!before.tried) await stopUnit(unit, node)
    return []
  },
  async difference({ spec }, { systemd }) {
    const { load, active, sub } = await systemd.unit(spec.unit)
    if (load === 'not-found') return gone
    return isStarted(spec, active) ? undefined : `is ${active} (${sub}), expected active`
  },
}
