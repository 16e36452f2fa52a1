import { localProfile } from '../../broker/profile/broker-settings.ts'
import { readServiceFiles, settingsWith } from '../../devices/service-settings.ts'
import type { DevicesSettings } from '../../devices/settings.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { broker as localBroker, paths, units } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import { deviceServiceSteps, devicesFileStep, existingDevicesFiles } from '../desired/device-service.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { type PlanReport, reportPlan } from '../plan/plan-report.ts'
import { type Past, readPast } from '../record/past.ts'
import type { Receipt } from '../record/receipt.ts'
import { openPast } from '../record/run.ts'
import { lastingSettings, type NodeSettings, nodeSettings } from '../request/node-settings.ts'
import { withBrokerUser } from './broker-user.ts'

/** The command as lock and journal name it. */
const command = 'devices install'

export interface ServiceRequest {
  node: Node
  /** New texts of devices.yaml and devices.env; undefined keeps what is there. */
  settings: string | undefined
  environment: string | undefined
  /** Replace a unit that the user has changed, keeping a copy. */
  force: boolean
}

export interface ServiceOptions extends ServiceRequest {
  edgekitVersion: string
  runStep: RunStep
  signal: AbortSignal
  /** Asks before the first change; absent without a terminal. */
  confirm: ((plan: PlanReport) => Promise<boolean>) | undefined
}

export interface InstalledService {
  settings: DevicesSettings
  /** Titles of the changes made, in order; empty when there was nothing to do. */
  done: string[]
}

interface Decision {
  receipt: Receipt
  nodeSettings: NodeSettings
  settings: DevicesSettings
  desired: DesiredStep[]
  plan: Plan
}

/**
 * Install the device service on a node, or change its settings: with its user at a broker that has users, and proof that it
 * works. A failure after the first change is rolled back; an interrupted run is continued. Throws EdgekitError.
 */
export async function installService(options: ServiceOptions): Promise<InstalledService> {
  const { node, edgekitVersion, runStep, signal } = options
  await takeLock(node, `edgekit ${command}`, runStep, signal)
  const { interrupted, receipt: found } = await openPast(node)
  const decision = await decide(options, { history: interrupted?.history, receipt: found })
  const { receipt, nodeSettings: ofNode, settings, desired, plan } = decision
  if (plan.steps.length > 0 && options.confirm && !(await options.confirm(await reportPlan(plan, node))))
    throw new EdgekitError('nothing was changed: the change was not confirmed', { code: 'declined' })
  signal.throwIfAborted()
  const lasting = { ...lastingSettings(ofNode) }
  await changePart({
    node,
    name: command,
    receipt,
    attempt: { command, edgekit: edgekitVersion, options: lasting },
    head: { ...receipt, options: lasting },
    interrupted,
    plan,
    prove: async () => {},
    desired,
    runStep,
    signal,
  })
  return { settings, done: plan.steps.map(({ title }) => title) }
}

/** What `installService` would do now. Takes no lock. Throws EdgekitError where it would refuse. */
export async function planService(request: ServiceRequest): Promise<PlanReport> {
  const { plan } = await decide(request, await readPast(request.node.files))
  return reportPlan(plan, request.node)
}

async function decide(request: ServiceRequest, past: Past): Promise<Decision> {
  const { node, force } = request
  const { history, receipt } = past
  const last = history?.begins.at(-1)
  if (history && last?.command !== command) throw interruptedBefore('install the device service', history)
  if (!receipt || !(await node.files.status(paths.program)))
    throw new EdgekitError(
      'cannot install the device service: edgekit has installed nothing on this machine',
      {
        code: 'not-installed',
        remedy: 'Install a bundle first:\n  ./edgekit install',
      },
    )
  const ofNode = { ...nodeSettings({}, receipt.options), devices: true }
  const { settings, steps } = await stepsFor(request, ofNode)
  const plan = await makePlan(steps, past, node, { adopt: false, force: force ? [paths.devicesUnit] : [] })
  const [foreign] = plan.foreign
  if (foreign)
    throw new EdgekitError(`cannot install the device service: edgekit did not write ${foreign.id}`, {
      code: 'not-written-by-edgekit',
      remedy:
        'Move your changes to a drop-in, then replace the file, which keeps a copy:\n  systemctl edit edgekit-devices\n  edgekit devices install --force',
    })
  return { receipt, nodeSettings: ofNode, settings, desired: steps, plan }
}

/** The service now has a login of the user's, or a broker without users. */
const withoutLogin: DesiredStep = {
  id: paths.devicesLogin,
  kind: 'file-removed',
  spec: { path: paths.devicesLogin },
}

async function stepsFor(
  { node, settings: newSettings, environment: newEnvironment }: ServiceRequest,
  { broker = localProfile }: NodeSettings,
): Promise<{ settings: DevicesSettings; steps: DesiredStep[] }> {
  const { files } = node
  const found = await readServiceFiles(files)
  const texts = {
    settings: newSettings ?? found.settings,
    environment: newEnvironment ?? found.environment,
    login: undefined,
  }
  const own = settingsWith(texts)
  const isHere = own.broker.port === localBroker.port && ['127.0.0.1', 'localhost'].includes(own.broker.host)
  const user =
    broker.profile === 'devices' && isHere && own.broker.username === undefined
      ? await withBrokerUser(found.login, files)
      : undefined
  const settings = user ? settingsWith({ ...texts, login: user.login }) : own
  const { address, port } = settings.http
  if (port === 0)
    throw new EdgekitError('cannot install the device service: its HTTP port must be a fixed one', {
      code: 'invalid-devices-settings',
      remedy: 'Set another "port" below "http" in the settings, such as 7883.',
    })
  const written = [
    ...(newSettings === undefined ? [] : [devicesFileStep(paths.devicesSettings, newSettings)]),
    ...(newEnvironment === undefined ? [] : [devicesFileStep(paths.devicesEnvironment, newEnvironment)]),
    ...(user?.steps ?? (found.login === undefined ? [] : [withoutLogin])),
  ]
  const known = new Set(written.map(({ id }) => id))
  const configured = [...written, ...(await existingDevicesFiles(files)).filter(({ id }) => !known.has(id))]
  return {
    settings,
    steps: [
      ...deviceServiceSteps(configured),
      {
        id: 'devices ready',
        kind: 'devices-ready',
        spec: { address, port, timeoutMs: 30_000 },
        because: [units.devices],
      },
      { id: `enable ${units.devices}`, kind: 'unit-enabled', spec: { unit: units.devices } },
      {
        id: 'reload for the next boot',
        kind: 'daemon-reload',
        spec: { units: [units.devices] },
        because: [`enable ${units.devices}`],
      },
    ],
  }
}
