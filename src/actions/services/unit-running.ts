import { join } from 'node:path'
import { readAsset } from '../../lib/assets.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { unitFile, units } from '../../node/paths.ts'
import { isUnknown, type UnitState } from '../../node/systemd.ts'
import type { Action } from '../action.ts'
import { isContainerdGone } from '../containerd-gone.ts'
import { gone, type Removal } from '../removal.ts'
import type { UnitSpec } from './unit-enabled.ts'

export interface UnitRunningSpec extends UnitSpec {
  /**
   * Being restarted by systemd counts as started: EdgeCore exits until the node has joined, and the checklist decides
   * whether it stays up.
   */
  mayFail: boolean
}

interface Before {
  /** The unit was running or being restarted. */
  tried: boolean
}

/** Running, or being started by systemd. */
export const isStartingOrActive = (active: string): boolean =>
  active === 'active' || active === 'activating' || active === 'reloading'

/** Stops a unit, unless systemd does not know it. */
export async function stopKnownUnit(
  unit: string,
  { systemd }: Node,
  options?: { alone: boolean },
): Promise<void> {
  if (!isUnknown(await systemd.unit(unit))) await systemd.stop(unit, options)
}

/** Stops a unit; for the broker, also removes its container. */
async function stopUnit(unit: string, node: Node): Promise<void> {
  await stopKnownUnit(unit, node)
  if (unit === units.broker) await removeBrokerContainer(node)
}

/**
 * ExecStopPost does not run for an inactive unit, as after a power cut, and may have found no containerd. The script is
 * not read from the node, where it may already be gone.
 */
async function removeBrokerContainer(node: Node): Promise<void> {
  const script = ['-c', readAsset('templates/clean-broker.sh')]
  const cleaned = await node.processes.attempt('sh', script, { timeoutMs: 60_000 }).catch(() => undefined)
  if (cleaned?.exitCode === 0 || (await isContainerdGone(node))) return
  throw new Error('cannot remove the broker container: containerd does not answer')
}

const isStarted = ({ mayFail }: UnitRunningSpec, active: string): boolean =>
  active === 'active' || (mayFail && isStartingOrActive(active))

/** Whether systemd has loaded the current unit file and every drop-in beside it. */
async function isLoaded(
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
    const lines = (await journal.lines(unit, { max: 20 })).map(({ text }) => `  ${text}`)
    const state = `cannot start ${unit}: ${active} (${sub}), result ${result}; the last lines of its log:`
    throw new Error([state, ...lines, messageOf(error)].join('\n'), { cause: error })
  }
}

/**
 * Starts a unit that systemd did not know. systemd loads it on demand, which saves a daemon-reload as long as the start
 * itself; but it detects changed files by their time, which a clock that was set back defeats, so what it loaded is
 * verified afterwards.
 */
async function startNew(spec: UnitRunningSpec, node: Node): Promise<'done' | undefined> {
  const failure = await start(spec.unit, node).catch((error: Error) => error)
  const state = await node.systemd.unit(spec.unit)
  if (!(await isLoaded(state, node.files))) {
    await node.systemd.reload()
    await start(spec.unit, node)
    return undefined
  }
  if (failure) throw failure
  return isStarted(spec, state.active) ? 'done' : undefined
}

const removal: Removal<UnitRunningSpec, Before> = {
  title: ({ spec: { unit } }) => `Stop ${unit}`,
  async remove({ spec: { unit }, before }, { node }) {
    if (!before.tried) await stopUnit(unit, node)
    return []
  },
  async difference({ spec }, { systemd }) {
    const { load, active, sub } = await systemd.unit(spec.unit)
    if (load === 'not-found') return gone
    return isStarted(spec, active) ? undefined : `is ${active} (${sub}), expected active`
  },
}

/** Starts a unit, or restarts a running one whose program or configuration has changed. */
export const unitRunning: Action<UnitRunningSpec, Before> = {
  kind: 'unit-running',
  describe: ({ unit }, isThere = false) => `${isThere ? 'Restart' : 'Start'} ${unit}`,
  isThere: async ({ unit }, { systemd }) => isStartingOrActive((await systemd.unit(unit)).active),
  inspect: async (spec, { systemd }) =>
    isStarted(spec, (await systemd.unit(spec.unit)).active) ? 'done' : 'needed',
  capture: async ({ unit, isNew }, { systemd }) => ({
    tried: !isNew && isStartingOrActive((await systemd.unit(unit)).active),
  }),
  apply: (spec, node) => (spec.isNew ? startNew(spec, node) : start(spec.unit, node)),
  async revert({ unit }, { tried }, node) {
    if (!tried) await stopUnit(unit, node)
  },
  // Its own program and configuration may be restored only after this step.
  async restartAfterRollback({ unit }, { tried }, { systemd }) {
    if (tried) await systemd.restart(unit)
  },
  ownership: ({ tried }) => (tried ? 'modified' : 'created'),
  removal,
}
