import { join } from 'node:path'
import type { Kept } from '../../actions/removal.ts'
import { removeDevicesData } from '../../actions/services/devices-data.ts'
import { localProfile } from '../../broker/profile/broker-settings.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { makePlan } from '../plan/plan.ts'
import { openPast } from '../record/run.ts'
import { lastingSettings, nodeSettings } from '../request/node-settings.ts'
import { withoutBrokerUser } from './broker-user.ts'

const command = 'devices uninstall'

export interface ServiceRemoval {
  node: Node
  /** Also delete the database and the settings. */
  purge: boolean
  edgekitVersion: string
  runStep: RunStep
  signal: AbortSignal
}

export interface RemovedService {
  /** Titles of the changes made, in order; empty when there was nothing to do. */
  done: string[]
  kept: Kept[]
}

/**
 * Remove the device service and its user at the broker. Rolled back on failure, and continued after a kill; what `purge` deletes
 * comes last, and is gone. Throws EdgekitError.
 */
export async function uninstallService(options: ServiceRemoval): Promise<RemovedService> {
  const { node, purge, edgekitVersion, runStep, signal } = options
  await takeLock(node, `edgekit ${command}`, runStep, signal)
  const { interrupted, receipt } = await openPast(node)
  const last = interrupted?.history.begins.at(-1)
  if (interrupted && last?.command !== command)
    throw interruptedBefore('uninstall the device service', interrupted.history)
  const done: string[] = []
  const settings = nodeSettings({}, last?.options ?? receipt?.options)
  if (receipt && (settings.devices || interrupted)) {
    const { devices: _, ...others } = settings
    const isDevices = (settings.broker ?? localProfile).profile === 'devices'
    const desired = [...removalSteps, ...(isDevices ? await withoutBrokerUser(node.files) : [])]
    const plan = await makePlan(desired, { history: interrupted?.history, receipt }, node)
    await changePart({
      node,
      name: command,
      receipt,
      attempt: { command, edgekit: edgekitVersion, options: { ...lastingSettings(settings) } },
      head: { ...receipt, options: { ...lastingSettings(others) } },
      interrupted,
      plan,
      prove: async () => {},
      desired,
      runStep,
      signal,
    })
    done.push(...plan.steps.map(({ title }) => title))
  }
  const { files } = node
  const left = await leftOf(node)
  if (!purge || left.length === 0) return { done, kept: left }
  const title = 'Delete the database and the settings of the device service'
  await runStep(title, async () => {
    await removeDevicesData(files)
    for (const path of [paths.devicesSettings, paths.devicesEnvironment]) await files.remove(path)
  })
  return { done: [...done, title], kept: [] }
}

/** In the order of a stop. The ids are those of the install, so that its receipt forgets them. */
const removalSteps: readonly DesiredStep[] = [
  { id: units.devices, kind: 'unit-stopped', spec: { unit: units.devices } },
  {
    id: `enable ${units.devices}`,
    kind: 'file-removed',
    spec: { path: join(paths.startedAtBoot, units.devices) },
  },
  { id: paths.devicesUnit, kind: 'file-removed', spec: { path: paths.devicesUnit } },
  { id: paths.devicesLogin, kind: 'file-removed', spec: { path: paths.devicesLogin } },
  {
    id: `reload for ${units.devices}`,
    kind: 'daemon-reload',
    spec: { units: [units.devices] },
    because: [paths.devicesUnit],
  },
]

async function leftOf({ files }: Node): Promise<Kept[]> {
  const places: [path: string, why: string][] = [
    [paths.devices, 'what devices have published'],
    [paths.devicesSettings, 'settings of the device service'],
    [paths.devicesEnvironment, 'settings of the device service'],
  ]
  const found = await Promise.all(places.map(([path]) => files.status(path)))
  return places
    .filter((_, index) => found[index] !== undefined)
    .map(([what, why]) => ({ what, why, purgeable: true as const }))
}
