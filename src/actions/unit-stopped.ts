import type { Action } from './action.ts'
import type { UnitSpec } from './unit-enabled.ts'
import { isTried, stopUnit } from './unit-running.ts'

/** Stops a unit for as long as what it uses is replaced; a later step starts it again. */
export const unitStopped: Action<UnitSpec, { tried: boolean }> = {
  kind: 'unit-stopped',
  describe: ({ unit }) => `Stop ${unit}`,
  inspect: async ({ unit }, { systemd }) => (isTried((await systemd.unit(unit)).active) ? 'needed' : 'done'),
  capture: async ({ unit }, { systemd }) => ({ tried: isTried((await systemd.unit(unit)).active) }),
  apply: ({ unit }, node) => stopUnit(unit, node),
  // Only when what it uses is back.
  revert: async () => {},
  async resume({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
}
