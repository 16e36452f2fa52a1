import { join } from 'node:path'
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
export const isTried = (active: string): boolean =>
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

/**
 * It was read from its place, with all that is in the directory of its drop-ins. A unit that is new systemd reads as it is now
 * when it is asked for it, and to read all units again takes as long as to start one. One that it knew has to be read again
 * first, for systemd only notices what has a later time than what it has read, which a clock that is behind does not give.
 */
async function isRead(name: string, { systemd, files }: Node): Promise<boolean> {
  const { load, needsReload, fragmentPath, dropIns } = await systemd.unit(name)
  const unit = join('/etc/systemd/system', name)
  const beside = (await files.list(`${unit}.d`)).filter(file => file.endsWith('.conf'))
  return (
    load === 'loaded' &&
    !needsReload &&
    fragmentPath === unit &&
    beside.every(file => dropIns.includes(join(`${unit}.d`, file)))
  )
}

/** Starts a unit, or restarts one that runs with what has just been replaced. */
export const unitRunning: Action<UnitRunningSpec, { tried: boolean }> = {
  kind: 'unit-running',
  describe: ({ unit }) => `Start ${unit}`,
  async inspect({ unit, mayFail }, { systemd }) {
    const { active } = await systemd.unit(unit)
    return active === 'active' || (mayFail && isTried(active)) ? 'done' : 'needed'
  },
  capture: async ({ unit, isNew }, { systemd }) => ({
    tried: !isNew && isTried((await systemd.unit(unit)).active),
  }),
  async apply({ unit, isNew }, node) {
    const { systemd, journal } = node
    if (isNew && !(await isRead(unit, node))) await systemd.reload()
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
