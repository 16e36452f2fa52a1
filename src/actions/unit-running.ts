import { messageOf } from '../errors.ts'
import type { Node } from '../node/node.ts'
import { paths, units } from '../node/paths.ts'
import type { Action } from './action.ts'
import type { UnitSpec } from './unit-enabled.ts'

export interface UnitRunningSpec extends UnitSpec {
  /**
   * EdgeCore of a node that has not joined exits, and systemd tries again: that it is being tried is all an install can
   * do, and whether it stays up is for the checklist to say.
   */
  mayFail: boolean
}

/** Runs, or is on its way: systemd will see to it. */
const isTried = (active: string): boolean =>
  active === 'active' || active === 'activating' || active === 'reloading'

/**
 * Stop a unit. What clears away the broker's container when its unit stops does not run for a unit that is not active any
 * more, as after a power cut.
 */
export async function stopUnit(unit: string, { systemd, files, processes }: Node): Promise<void> {
  await systemd.stop(unit)
  if (unit === units.broker && (await files.status(paths.cleanBroker)))
    await processes.attempt(paths.cleanBroker, [], { timeoutMs: 60_000 })
}

/** Starts a unit, or restarts one that runs with what has just been replaced. */
export const unitRunning: Action<UnitRunningSpec, { tried: boolean }> = {
  kind: 'unit-running',
  describe: ({ unit }) => `Start ${unit}`,
  async inspect({ unit, mayFail }, { systemd }) {
    const { active } = await systemd.unit(unit)
    return active === 'active' || (mayFail && isTried(active)) ? 'done' : 'needed'
  },
  capture: async ({ unit }, { systemd }) => ({ tried: isTried((await systemd.unit(unit)).active) }),
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
  async revert({ unit }, { tried }, node) {
    if (!tried) await stopUnit(unit, node)
  },
  // One that ran goes on with its own program and configuration, which may be put back only after this step.
  async resume({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
  ownership: ({ tried }) => (tried ? 'modified' : 'created'),
}
