import { join } from 'node:path'
import { readAsset } from '../../lib/assets.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { unitFile, units } from '../../node/paths.ts'
import { isUnknown, type UnitState } from '../../node/systemd.ts'
import type { Action } from '../action.ts'
import { isContainerdGone } from '../containerd-gone.ts'
import type { UnitSpec } from './unit-enabled.ts'

export interface UnitRunningSpec extends UnitSpec {
  /**
   * EdgeCore of a node that has not joined exits, and systemd tries again: that it is being tried is all an install can
   * do, and whether it stays up is for the checklist to say.
   */
  mayFail: boolean
}

/** Runs, or is on its way: systemd will see to it. */
export const isStartingOrActive = (active: string): boolean =>
  active === 'active' || active === 'activating' || active === 'reloading'

/** Stop a unit, and see that nothing is left of it: that of the broker has a container. */
export async function stopUnit(unit: string, node: Node): Promise<void> {
  if (!isUnknown(await node.systemd.unit(unit))) await node.systemd.stop(unit)
  if (unit === units.broker) await clearBrokerAway(node)
}

/**
 * What its unit runs when it stops may have found no containerd, and does not run for a unit that is not active any more,
 * as after a power cut. On the node it may be gone by now.
 */
async function clearBrokerAway(node: Node): Promise<void> {
  const script = ['-c', readAsset('templates/clean-broker.sh')]
  const cleared = await node.processes.attempt('sh', script, { timeoutMs: 60_000 }).catch(() => undefined)
  if (cleared?.exitCode === 0 || (await isContainerdGone(node))) return
  throw new Error('containerd does not answer, and the container of the broker is still in it')
}

/** Is it as far as an install can bring it? */
export const isStarted = ({ mayFail }: UnitRunningSpec, active: string): boolean =>
  active === 'active' || (mayFail && isStartingOrActive(active))

/** It was read from its place, with all that is in the directory of its drop-ins. */
async function isRead(
  { name, load, needsReload, fragmentPath, dropIns }: UnitState,
  files: Files,
): Promise<boolean> {
  const unit = unitFile(name)
  const beside = (await files.list(`${unit}.d`)).filter(file => file.endsWith('.conf'))
  return (
    load === 'loaded' &&
    !needsReload &&
    fragmentPath === unit &&
    beside.every(file => dropIns.includes(join(`${unit}.d`, file)))
  )
}

async function start(unit: string, { systemd, journal }: Node): Promise<void> {
  try {
    await systemd.restart(unit)
  } catch (error) {
    const { active, sub, result } = await systemd.unit(unit)
    const said = (await journal.lines(unit, { max: 20 })).map(({ text }) => `  ${text}`)
    const state = `${unit} did not start: ${active} (${sub}), result ${result}. Its journal ends with:`
    throw new Error([messageOf(error), state, ...said].join('\n'), { cause: error })
  }
}

/**
 * Start a unit that systemd did not know: it reads that when it is told to start it, and to read all units again takes as
 * long as to start one. It only notices what has a later time than what it has read, which a clock that is behind does not
 * give, so what it has read is looked at afterwards.
 */
async function startNew(spec: UnitRunningSpec, node: Node): Promise<'done' | undefined> {
  const failure = await start(spec.unit, node).catch((error: Error) => error)
  const state = await node.systemd.unit(spec.unit)
  if (!(await isRead(state, node.files))) {
    await node.systemd.reload()
    await start(spec.unit, node)
    return undefined
  }
  if (failure) throw failure
  return isStarted(spec, state.active) ? 'done' : undefined
}

/** Starts a unit, or restarts one that runs with what has just been replaced. */
export const unitRunning: Action<UnitRunningSpec, { tried: boolean }> = {
  kind: 'unit-running',
  describe: ({ unit }) => `Start ${unit}`,
  inspect: async (spec, { systemd }) =>
    isStarted(spec, (await systemd.unit(spec.unit)).active) ? 'done' : 'needed',
  capture: async ({ unit, isNew }, { systemd }) => ({
    tried: !isNew && isStartingOrActive((await systemd.unit(unit)).active),
  }),
  apply: (spec, node) => (spec.isNew ? startNew(spec, node) : start(spec.unit, node)),
  async revert({ unit }, { tried }, node) {
    if (!tried) await stopUnit(unit, node)
  },
  // One that ran goes on with its own program and configuration, which may be put back only after this step.
  async restartAfterRollback({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
  ownership: ({ tried }) => (tried ? 'modified' : 'created'),
}
