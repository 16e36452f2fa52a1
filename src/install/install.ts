import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run-checks.ts'
import { collectFacts } from '../facts/index.ts'
import { installedSettingsFrom } from '../facts/installed-settings.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { Step } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'
import { executePlan } from './apply/execute-plan.ts'
import { requireStableEdgecore } from './apply/health.ts'
import { takeLock } from './apply/take-lock.ts'
import { waitForBrokerConnection } from './apply/wait-for-broker-connection.ts'
import { type CloudCommands, cloudCommands } from './cloud/cloud-commands.ts'
import { type CloudFlags, cloudOptions, cloudSideSteps } from './cloud/cloud-side.ts'
import { type PlanReport, reportPlan } from './plan/plan-report.ts'
import {
  edgecoreRuns,
  type InstallRequest,
  isUpgrade,
  type Prepared,
  prepare,
  sandboxImageOf,
} from './prepare.ts'
import { interruptedRun } from './record/open-run.ts'
import { readReceipt } from './record/receipt.ts'
import { supersededSteps, withSuperseded } from './uninstall/superseded.ts'
import { verifying } from './verification.ts'

export interface InstallOptions extends InstallRequest {
  /** When it is aborted, the change under way is finished; what has been done is kept, and can be gone on with. */
  signal: AbortSignal
  /** Put everything back when a change fails. */
  rollBackOnFailure: boolean
  edgekitVersion: string
  cloud: CloudFlags
  /** How long a new EdgeCore has to stay up in the place of one that was up, milliseconds. */
  stableForMs: number
  /** Asked before the first change; false: do not. Absent where nobody can be asked. */
  confirm: ((plan: PlanReport) => Promise<boolean>) | undefined
}

export interface InstallResult extends Pick<Prepared, 'findings' | 'notes'> {
  bundle: UnpackedBundle
  /** What was done, in order; empty when there was nothing to do. */
  done: string[]
  /** Of somebody else, and used as it is. */
  kept: string[]
  checklist: CheckResult[]
  /** Nothing in the checklist failed. */
  passed: boolean
  /** What is left to be typed on a cloud machine; undefined when edgekit has done it, and on an edge node. */
  next: CloudCommands | undefined
  /** EdgeCore is prepared and waits. */
  staged: boolean
}

/**
 * Make a node what its bundle says: look, decide, do, prove. Everything that can be found out beforehand is found out
 * before the first change; what fails after that is put back. Throws EdgekitError with the documented exit codes.
 */
export async function install(options: InstallOptions): Promise<InstallResult> {
  const { bundle, node, runSteps, signal, cloud, edgekitVersion } = options
  const { manifest } = bundle
  const { role, name, kubeedgeVersion, arch } = manifest
  const last = await readReceipt(node.files).catch(() => undefined)
  // Of what was installed last there is most likely nothing to be done.
  const isNew = last?.bundle.manifestSha256 !== bundle.manifestSha256
  using verification = verifying(bundle, node, { early: isNew })
  const cloudSide = await cloudOptions(manifest, cloud, node)
  // Who is not root is refused below, with all that is in the way.
  if ((await node.machine()).isRoot) await takeLock(node, 'edgekit install', runSteps, signal)
  const interrupted = await interruptedRun(node)
  const previous = await readReceipt(node.files)
  const past = { history: interrupted?.history, receipt: previous }
  const { plan, desired, choices, findings, notes, facts } = await prepare(options, past, verification)
  signal.throwIfAborted()
  if (plan.steps.length + plan.undo.length > 0 && options.confirm) {
    if (!(await options.confirm(await reportPlan(plan, node)))) throw declined()
    signal.throwIfAborted()
  }
  const wanted = installedSettingsFrom(choices)
  const { edgecoreRan = edgecoreRuns(facts) } = interrupted?.history.begins[0] ?? {}
  const isRestarted = interrupted !== undefined || plan.steps.some(({ id }) => id === units.edgecore)
  const mustStay = isUpgrade(bundle, past) && isRestarted && edgecoreRan
  const identity = { name, kubeedgeVersion, manifestSha256: bundle.manifestSha256 }
  await executePlan({
    node,
    begin: {
      command: 'install',
      edgekit: edgekitVersion,
      bundle: identity,
      options: { ...choices },
      edgecoreRan,
    },
    interrupted,
    plan,
    prove: async () => {
      if (role !== 'edge' || wanted.edgecore !== 'running') return
      await runSteps([
        waitForConnection(node),
        ...(mustStay ? [requireStability(node, options.stableForMs, signal)] : []),
      ])
    },
    receipt: {
      head: { edgekit: edgekitVersion, bundle: { ...identity, arch }, options: { ...choices } },
      desired,
      previous: previous && withSuperseded(previous, desired),
    },
    rollBackOnFailure: options.rollBackOnFailure,
    runSteps,
    signal,
  })
  const afterwards = [
    ...(await supersededSteps(desired, sandboxImageOf(facts), node)),
    ...(cloudSide && cloud.apply ? cloudSideSteps(cloudSide, node) : []),
  ]
  await runSteps(afterwards)
  // Where nothing was done, nothing is to be looked at twice.
  const isChanged = plan.steps.length + plan.undo.length + afterwards.length > 0
  const now = {
    ...(isChanged ? await collectFacts(node, { minTimeoutMs: 60_000, before: facts }) : facts),
    installedSettings: { value: wanted },
  }
  const checklist = runChecks(checksForRole('checklist', role), now)
  return {
    bundle,
    done: plan.steps.map(({ title }) => title),
    kept: plan.kept.map(({ id }) => id),
    findings,
    notes,
    checklist,
    passed: checklist.every(({ status }) => status !== 'fail' && status !== 'error'),
    next: cloudSide && !cloud.apply ? cloudCommands(cloudSide) : undefined,
    staged: wanted.edgecore === 'staged',
  }
}

const waitForConnection = (node: Node): Step => ({
  title: 'Wait for EdgeCore to reach the broker',
  run: () => waitForBrokerConnection(node, 30_000),
})

const requireStability = (node: Node, settleMs: number, signal: AbortSignal): Step => ({
  title: `Wait until EdgeCore has stayed up for ${settleMs / 1000} s`,
  run: () => requireStableEdgecore(node, settleMs, signal),
})

const declined = (): EdgekitError =>
  new EdgekitError('not confirmed; nothing has been changed', { code: 'declined' })
