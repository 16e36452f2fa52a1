import type { Action } from '../action.ts'
import { isStartingOrActive, stopKnownUnit } from './unit-running.ts'

export interface UnitStoppedSpec {
  unit: string
}

interface Before {
  /** The unit was running or being restarted. */
  tried: boolean
}

/** Stops a unit for the changes that follow; a later step of the plan starts it again. */
export const unitStopped: Action<UnitStoppedSpec, Before> = {
  kind: 'unit-stopped',
  describe: ({ unit }) => `Stop ${unit}`,
  // A plan has this step only when what follows needs it.
  inspect: async () => 'needed',
  capture: async ({ unit }, { systemd }) => ({
    tried: isStartingOrActive((await systemd.unit(unit)).active),
  }),
  async apply({ unit }, node) {
    await stopKnownUnit(unit, node, { alone: true })
    return 'done'
  },
  revert: async () => {},
  async restartAfterRollback({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
}
