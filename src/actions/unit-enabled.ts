import type { Action } from './action.ts'

export interface UnitSpec {
  unit: string
}

export const unitEnabled: Action<UnitSpec, { enabled: boolean }> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  inspect: async ({ unit }, { systemd }) =>
    (await systemd.unit(unit)).enabled === 'enabled' ? 'done' : 'needed',
  capture: async ({ unit }, { systemd }) => ({
    enabled: (await systemd.unit(unit)).enabled === 'enabled',
  }),
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  async revert({ unit }, { enabled }, { systemd }) {
    if (!enabled) await systemd.disable(unit)
  },
  ownership: ({ enabled }) => (enabled ? 'modified' : 'created'),
}
