import type { Action } from './action.ts'

export interface UnitSpec {
  unit: string
}

export const unitEnabled: Action<UnitSpec, { enabled: boolean }> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  inspect: async ({ unit }, { systemd }) => ((await systemd.isEnabled(unit)) ? 'done' : 'needed'),
  capture: async ({ unit }, { systemd }) => ({ enabled: await systemd.isEnabled(unit) }),
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  async revert({ unit }, { enabled }, { systemd }) {
    if (!enabled) await systemd.disable(unit)
  },
  ownership: ({ enabled }) => (enabled ? 'modified' : 'created'),
}
