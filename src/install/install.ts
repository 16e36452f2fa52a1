import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run-checks.ts'
import { whyConnecting } from '../checks/shared/connecting.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import { installedSettingsFrom } from '../facts/installed-settings.ts'
import { wasRegistered } from '../facts/was-registered.ts'
import { EdgekitError } from '../lib/errors.ts'
import { units } from '../node/paths.ts'
import { edgecoreState, proveEdgecore } from './apply/edgecore-state.ts'
import { executePlan } from './apply/execute-plan.ts'
import { requireMoved } from './apply/require-moved.ts'
import { takeLock } from './apply/take-lock.ts'
import { waitForBrokerConnection } from './apply/wait-for-broker-connection.ts'
import { type Join, waitForJoin } from './apply/wait-for-join.ts'
import { type CloudCommands, cloudCommands } from './cloud/cloud-commands.ts'
import { setUpCloudSide } from './cloud/cloud-side.ts'
import {
  type Decision,
  type InstallRequest,
  isUpgrade,
  lookAndDecide,
  requireUsable,
} from './look-and-decide.ts'
import { type PlanReport, reportPlan } from './plan/plan-report.ts'
import { readPast } from './record/past.ts'
import { openPast } from './record/run.ts'
import { lastingSettings } from './request/node-settings.ts'
import { restoreTornConfig } from './restore-torn-config.ts'
import { removeSuperseded, withSuperseded } from './uninstall/superseded.ts'

export interface InstallOptions extends InstallRequest {
  /** When aborted, the current change is finished; what was changed is kept and can be continued. */
  signal: AbortSignal
  rollBackOnFailure: boolean
  edgekitVersion: string
  /** How long an upgraded EdgeCore must stay up. */
  stableForMs: number
  /** Asks before the first change; absent without a terminal. */
  confirm: ((plan: PlanReport, notes: readonly string[]) => Promise<boolean>) | undefined
}

export interface InstallResult extends Pick<Decision, 'findings' | 'notes'> {
  /** Titles of the changes made, in order; empty when there was nothing to do. */
  done: string[]
  /** Ids of foreign things that were kept. */
  kept: string[]
  checklist: CheckResult[]
  /** No check of the checklist failed, and a node that was to join has joined. */
  passed: boolean
  /** Undefined for a node that was registered before, and where EdgeCore does not run. */
  join: Join | undefined
  /** What to run next on a cloud machine; undefined when edgekit has done it, and on an edge node. */
  next: CloudCommands | undefined
  /** EdgeCore is prepared but not started. */
  staged: boolean
}

/**
 * Makes a node what its bundle describes: look, decide, do, prove. Everything that can be found out is found out before
 * the first change; a failure after that is rolled back. Throws EdgekitError.
 */
export async function install(options: InstallOptions): Promise<InstallResult> {
  const { bundle, node, runStep, signal, cloud, edgekitVersion } = options
  // A mistake in the flags is reported without waiting for the lock.
  await requireUsable(options, await readPast(node.files))
  const { role, name, kubeedgeVersion, arch } = bundle.manifest
  // For other users the preflight checks fail, together with everything else that is wrong.
  if ((await node.machine()).isRoot) await takeLock(node, 'edgekit install', runStep, signal)
  const { interrupted, receipt: previous } = await openPast(node)
  if (interrupted) await restoreTornConfig(interrupted.history, node, runStep)
  const past = { history: interrupted?.history, receipt: previous }
  const decision = await lookAndDecide(options, past)
  const { settings, cloudSide, desired, plan, facts, findings, notes, joins, claim } = decision
  signal.throwIfAborted()
  const hasChanges = plan.steps.length + plan.undo.length > 0
  if (hasChanges && options.confirm) {
    if (!(await options.confirm(await reportPlan(plan, node), notes))) throw declined()
    signal.throwIfAborted()
  }
  const installedSettings = installedSettingsFrom(settings)
  const runsEdgecore = role === 'edge' && installedSettings.edgecore === 'running'
  const { edgecoreWas = edgecoreState(facts) } = interrupted?.history.begins[0] ?? {}
  const isRestarted = interrupted !== undefined || plan.steps.some(({ id }) => id === units.edgecore)
  const identity = { name, kubeedgeVersion, manifestSha256: bundle.manifestSha256 }
  const waitToJoin = () =>
    runStep('Wait for EdgeCore to join the cloud', note => waitForJoin(node, note, signal))
  let join: Join | undefined
  const upgrades = isUpgrade(bundle, past)
  const receipt = await executePlan({
    node,
    name: upgrades ? `upgrade to ${kubeedgeVersion}` : 'install',
    ranBefore: upgrades && runsEdgecore && edgecoreWas.up ? previous?.bundle.kubeedgeVersion : undefined,
    attempt: {
      command: 'install',
      edgekit: edgekitVersion,
      bundle: identity,
      options: { ...settings, ...(claim !== undefined && { claim }) },
      edgecoreWas,
    },
    interrupted,
    plan,
    prove: async () => {
      if (!runsEdgecore) return
      await waitForBrokerConnection(node, runStep)
      if (joins === 'again') {
        join = await waitToJoin()
        await requireMoved(join, node)
      }
      if (!(upgrades && isRestarted && edgecoreWas.up)) return
      const { stableForMs } = options
      await runStep(`Wait until EdgeCore has been up for ${stableForMs / 1000} s`, () =>
        proveEdgecore(node, edgecoreWas, stableForMs, signal),
      )
    },
    previous: previous && withSuperseded(previous, desired),
    head: {
      edgekit: edgekitVersion,
      bundle: { ...identity, arch },
      options: settings ? { ...lastingSettings(settings) } : {},
    },
    desired,
    rollBackOnFailure: options.rollBackOnFailure,
    runStep,
    signal,
  })
  // Something else than this install may have just started EdgeCore or the broker.
  const isConnecting = !hasChanges && runsEdgecore && isStillConnecting(facts)
  if (isConnecting) await waitForBrokerConnection(node, runStep)
  // An earlier install may have left nothing to do on a node that never joined.
  if (runsEdgecore && (joins === 'first' || !hasJoined(facts))) join ??= await waitToJoin()
  const removed = await removeSuperseded(receipt, desired, sandboxImageOf(facts), node, runStep)
  const applied = cloudSide !== undefined && cloud.apply
  if (applied) await setUpCloudSide(cloudSide, node, runStep)
  const isChanged = hasChanges || isConnecting || removed || applied || join !== undefined
  const now = {
    ...(isChanged ? await collectFacts(node, { minTimeoutMs: 60_000, before: facts }) : facts),
    installedSettings: { value: installedSettings },
  }
  const checklist = runChecks(checksForRole('checklist', role), now)
  return {
    done: plan.steps.map(({ title }) => title),
    kept: plan.kept.map(({ id }) => id),
    // The checklist has looked again.
    findings: findings.filter(({ id }) => checklist.every(result => result.id !== id)),
    notes,
    checklist,
    passed:
      join?.joined !== false && checklist.every(({ status }) => status !== 'fail' && status !== 'error'),
    join,
    next: cloudSide && !cloud.apply ? cloudCommands(cloudSide) : undefined,
    staged: installedSettings.edgecore === 'staged',
  }
}

/** The image containerd starts every pod with, if known. */
const sandboxImageOf = ({ containerdFiles }: Facts): string | undefined =>
  'value' in containerdFiles ? containerdFiles.value.config.sandboxImage : undefined

/** The cloud registered the node before; it may be unreachable now. What cannot be read is no reason to wait. */
const hasJoined = (facts: Facts): boolean =>
  'value' in facts.certificates &&
  facts.certificates.value.node !== undefined &&
  wasRegistered(facts) !== false

/** What cannot be read is judged by the checklist. */
const isStillConnecting = (facts: Facts): boolean =>
  [facts.edgecoreLog, facts.units, facts.machine].every(fact => 'value' in fact) &&
  whyConnecting(facts) !== undefined

const declined = (): EdgekitError =>
  new EdgekitError('nothing was changed: the install was not confirmed', { code: 'declined' })
