import type { EdgecoreConfigSpec } from '../../actions/files/edgecore-config.ts'
import type { BrokerFlags, BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { localProfile } from '../../broker/profile/broker-settings.ts'
import type { Manifest } from '../../bundle/manifest.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { paths, units } from '../../node/paths.ts'
import { changePart } from '../apply/change-part.ts'
import { interruptedBefore } from '../apply/interrupted-before.ts'
import { takeLock } from '../apply/take-lock.ts'
import { waitForBrokerConnection } from '../apply/wait-for-broker-connection.ts'
import { brokerAccess } from '../desired/broker-access.ts'
import { markEdited } from '../desired/mark-edited.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { brokerAnswers, runs } from '../desired/unit-steps.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { type PlanReport, reportPlan } from '../plan/plan-report.ts'
import { type Past, readPast } from '../record/past.ts'
import type { Receipt, ReceiptItem } from '../record/receipt.ts'
import { requireManifest } from '../record/require-manifest.ts'
import { openPast } from '../record/run.ts'
import { lastingSettings, type NodeSettings, nodeSettings } from '../request/node-settings.ts'

/** The command as lock and journal name it. */
const command = 'broker configure'

export interface ConfigureRequest {
  node: Node
  flags: BrokerFlags
  /** Replace a mosquitto.conf that the user has changed, keeping a copy. */
  force: boolean
}

export interface ConfigureOptions extends ConfigureRequest {
  edgekitVersion: string
  runStep: RunStep
  signal: AbortSignal
  /** Asks before the first change; absent without a terminal. */
  confirm: ((plan: PlanReport) => Promise<boolean>) | undefined
}

export interface Configured {
  settings: BrokerSettings
  /** Titles of the changes made, in order; empty when there was nothing to do. */
  done: string[]
}

interface Decision {
  receipt: Receipt
  settings: NodeSettings
  /** What the receipt has of it afterwards. */
  desired: DesiredStep[]
  plan: Plan
}

/**
 * Changes the settings of the broker of an installed node: tries them beside the running broker, restarts it, and tests it. A
 * failure after the first change is rolled back; an interrupted run is continued. Throws EdgekitError.
 */
export async function configureBroker(options: ConfigureOptions): Promise<Configured> {
  const { node, edgekitVersion, runStep, signal } = options
  await takeLock(node, `edgekit ${command}`, runStep, signal)
  const { interrupted, receipt: found } = await openPast(node)
  const past = { history: interrupted?.history, receipt: found }
  const { receipt, settings, desired, plan } = await decide(options, past)
  const { broker = localProfile } = settings
  if (plan.steps.length > 0 && options.confirm && !(await options.confirm(await reportPlan(plan, node))))
    throw new EdgekitError('nothing was changed: the change was not confirmed', { code: 'declined' })
  signal.throwIfAborted()
  await changePart({
    node,
    name: command,
    receipt,
    attempt: { command, edgekit: edgekitVersion, options: { ...settings } },
    head: { ...receipt, options: { ...lastingSettings(settings) } },
    interrupted,
    plan,
    prove: async () => {
      if (settings.edgecore && !settings.stage) await waitForBrokerConnection(node, runStep)
    },
    desired,
    runStep,
    signal,
  })
  return { settings: broker, done: plan.steps.map(({ title }) => title) }
}

/** What `configureBroker` would do now. Takes no lock. Throws EdgekitError where it would refuse. */
export async function planConfiguration(
  request: ConfigureRequest,
): Promise<{ settings: BrokerSettings; plan: PlanReport }> {
  const { settings, plan } = await decide(request, await readPast(request.node.files))
  return { settings: settings.broker ?? localProfile, plan: await reportPlan(plan, request.node) }
}

async function decide({ node, flags, force }: ConfigureRequest, past: Past): Promise<Decision> {
  const { history, receipt } = past
  const last = history?.begins.at(-1)
  if (history && last?.command !== command) throw interruptedBefore('configure the broker', history)
  if (!receipt || !isOurs(receipt))
    throw new EdgekitError('cannot manage the broker: edgekit has not installed one on this machine', {
      code: 'not-installed',
      remedy: 'Install a bundle first:\n  ./edgekit install',
    })
  const manifest = await requireManifest(node)
  const settings = nodeSettings({ broker: flags }, last?.options ?? receipt.options)
  const { steps, desired } = await stepsFor(settings, manifest, receipt, node)
  const plan = await makePlan(steps, past, node, { adopt: false, force: force ? [paths.brokerConfig] : [] })
  const [foreign] = plan.foreign
  if (foreign) throw changedByUser(foreign.id)
  return { receipt, settings, desired: await markEdited(desired, past, node), plan }
}

const isOurs = ({ items }: Receipt): boolean =>
  items.some(({ id, ownership }) => id === paths.brokerUnit && ownership !== 'adopted')

/** The steps, and what the receipt has of them: EdgeCore's configuration has more keys of edgekit than these. */
async function stepsFor(
  settings: NodeSettings,
  manifest: Manifest,
  { items }: Receipt,
  node: Node,
): Promise<{ steps: DesiredStep[]; desired: DesiredStep[] }> {
  const access = await brokerAccess(settings, manifest, node)
  const { values, secrets } = access.edgecore
  const hasLogin = Object.keys({ ...values, ...secrets }).length > 0
  const edgecore = settings.edgecore && hasLogin ? items.find(isEdgecoreConfig) : undefined
  const patch = edgecore && {
    id: edgecore.id,
    kind: 'edgecore-config' as const,
    spec: { path: edgecore.id, values, secrets, initial: {} },
  }
  const steps = [
    ...access.files,
    access.config,
    ...access.trial,
    runs(units.broker, [paths.brokerConfig, ...access.files.map(({ id }) => id)]),
    brokerAnswers,
    ...access.proof,
    ...(patch ? [patch, ...(settings.stage ? [] : [runs(units.edgecore, [patch.id])])] : []),
  ]
  const recorded = (edgecore?.spec ?? { values: {} }) as EdgecoreConfigSpec
  return {
    steps,
    desired: steps.map(step =>
      step === patch
        ? { ...patch, spec: { ...recorded, ...patch.spec, values: { ...recorded.values, ...values } } }
        : step,
    ),
  }
}

const isEdgecoreConfig = ({ kind }: ReceiptItem): boolean => kind === 'edgecore-config'

const changedByUser = (path: string): EdgekitError =>
  new EdgekitError(`cannot configure the broker: you have changed ${path}`, {
    code: 'not-written-by-edgekit',
    remedy: `Move your options to ${paths.brokerConfD}, then replace the file, which keeps a copy:\n  edgekit broker configure --force`,
  })
