import type { Action } from './action.ts'

export interface UnitSpec {
  unit: string
}

export const unitEnabled: Action<UnitSpec, undefined> = {
  kind: 'unit-enabled',
  describe: ({ unit }) => `Enable ${unit} at boot`,
  inspect: async ({ unit }, { systemd }) =>
    (await systemd.unit(unit)).enabled === 'enabled' ? 'done' : 'needed',
  capture: async () => undefined,
  apply: ({ unit }, { systemd }) => systemd.enable(unit),
  revert: ({ unit }, _, { systemd }) => systemd.disable(unit),
}
