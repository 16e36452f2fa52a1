import { messageOf } from '../errors.ts'
import type { Action } from './action.ts'
import type { UnitSpec } from './unit-enabled.ts'

/** Starts a unit, or restarts one that runs with what has just been replaced. */
export const unitRunning: Action<UnitSpec, { active: boolean }> = {
  kind: 'unit-running',
  describe: ({ unit }) => `Start ${unit}`,
  inspect: async ({ unit }, { systemd }) =>
    (await systemd.unit(unit)).active === 'active' ? 'done' : 'needed',
  capture: async ({ unit }, { systemd }) => ({ active: (await systemd.unit(unit)).active === 'active' }),
  async apply({ unit }, { systemd, journal }) {
    try {
      await systemd.restart(unit)
    } catch (error) {
      const { active, sub, result } = await systemd.unit(unit)
      const said = (await journal.lines(unit, { max: 20 })).map(({ text }) => `  ${text}`)
      const state = `${unit} did not start: ${active} (${sub}), result ${result}. Its journal ends with:`
      throw new Error([messageOf(error), state, ...said].join('\n'), { cause: error })
    }
  },
  async revert({ unit }, { active }, { systemd }) {
    if (!active) await systemd.stop(unit)
  },
  // One that ran goes on with its own program and configuration, which may be put back only after this step.
  async resume({ unit }, { active }, { systemd }) {
    if (active) await systemd.restart(unit)
  },
}
