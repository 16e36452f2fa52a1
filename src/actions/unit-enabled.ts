import type { Action } from './action.ts'

export interface UnitSpec {
  unit: string
}

export const unitEnabled: Action<UnitSpec, { enabled: boolean }> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  async inspect({ unit }, { systemd }) {
    const isEnabled = (await systemd.unit(unit)).enabled === 'enabled' || (await systemd.isEnabled(unit))
    return isEnabled ? 'done' : 'needed'
  },
  capture: async ({ unit }, { systemd }) => ({
    enabled: (await systemd.unit(unit)).enabled === 'enabled',
  }),
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  async revert({ unit }, { enabled }, { systemd }) {
    if (!enabled) await systemd.disable(unit)
  },
  ownership: ({ enabled }) => (enabled ? 'modified' : 'created'),
}
