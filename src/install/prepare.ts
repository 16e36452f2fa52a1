import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { verifyTexts } from '../bundle/verify-unpacked.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run-checks.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import { installedSettingsFrom } from '../facts/installed-settings.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { Secret } from '../lib/secret.ts'
import type { Step, StepRunner } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { cloudSteps } from './desired/cloud-steps.ts'
import { desiredEdge } from './desired/desired-edge.ts'
import { preserveUserConfig } from './desired/preserve-user-config.ts'
import { type DesiredStep, stepMakers } from './desired/step-makers.ts'
import { forcedIds, refuseForeign } from './plan/foreign.ts'
import { nodeFromFacts } from './plan/node-from-facts.ts'
import { makePlan, type Past, type Plan } from './plan/plan.ts'
import { refuseUnderRunningEdgecore } from './plan/staged.ts'
import {
  type InstallFlags,
  type NodeSettings,
  refuseEdgeOptions,
  settingsFrom,
} from './request/node-settings.ts'
import { requireVersionStep, versionForces } from './request/version-step.ts'

/** What a person asks for. */
export interface InstallRequest {
  bundle: UnpackedBundle
  node: Node
  asked: InstallFlags
  /** What `asked.tokenFile` holds. */
  token: Secret | undefined
  /** Shows the steps and runs them. */
  runSteps: StepRunner
}

/** What is to be done, before anything has been changed. */
export interface Prepared {
  /** Undefined for a cloud bundle. */
  choices: NodeSettings | undefined
  desired: DesiredStep[]
  plan: Plan
  /** How the node was then. */
  facts: Facts
  /** What preflight found that does not stand in the way: warnings, and what is to be ignored. */
  findings: CheckResult[]
  /** What was asked for and has no effect, and why. */
  notes: string[]
}

/** The preflight checks found something; the node has not been touched. */
export class PreflightRefusal extends EdgekitError {
  readonly findings: readonly CheckResult[]

  constructor(findings: readonly CheckResult[]) {
    super('this node is not ready; nothing has been changed', { code: 'preflight-failed' })
    this.findings = findings
  }
}

/**
 * Look at the node, decide, verify what is going to be used of the bundle. Only looks. Throws EdgekitError when
 * something stands in the way: all that preflight found, a damaged bundle, things of somebody else.
 */
export async function prepare(
  { bundle, asked, token, node, runSteps }: InstallRequest,
  past: Past,
  verification: Step,
): Promise<Prepared> {
  const { manifest } = bundle
  if (manifest.role === 'cloud') refuseEdgeOptions(asked)
  const choices = settingsFrom(asked, decidedBefore(past))
  const force = (asked.force ?? []).filter(name => !versionForces.includes(name))
  const { receipt } = past
  if (receipt && manifest.role === 'edge')
    requireVersionStep(receipt.bundle.kubeedgeVersion, manifest.kubeedgeVersion, asked.force ?? [])
  const notes: string[] = []
  let facts!: Facts
  let findings: CheckResult[] = []
  let desired: DesiredStep[] = []
  let plan!: Plan
  await runSteps([
    {
      title: 'Look at this node',
      async run() {
        facts = {
          ...(await collectFacts(node, { minTimeoutMs: 60_000 })),
          installedSettings: { value: installedSettingsFrom(choices) },
        }
        findings = preflight(bundle, facts, { ignored: asked.ignore ?? [], force })
      },
    },
    {
      title: past.history ? 'Decide how to finish what was interrupted' : 'Decide what to do',
      async run(note) {
        refuseOtherRole(manifest, facts)
        await verifyTexts(bundle, node.files)
        const { edgecoreConfig } = asked
        const request = { choices, force, edgecoreConfig, token }
        const steps =
          manifest.role === 'cloud'
            ? cloudSteps(manifest, stepMakers(bundle))
            : await desiredEdge(bundle, request, facts, node, text => notes.push(text))
        const changes = {
          isUpgrade: isUpgrade(bundle, past),
          explicitlySet: Object.keys(asked.set ?? {}),
        }
        const preserved = await preserveUserConfig(steps, receipt, changes, node)
        desired = preserved.steps
        notes.push(...preserved.notes)
        const leave = { adopt: choices.adopt, force: forcedIds(force, desired) }
        plan = await makePlan(desired, past, nodeFromFacts(node, facts), leave)
        refuseForeign(plan)
        refuseUnderRunningEdgecore(choices, plan, facts)
        note(plan.steps.length === 0 ? 'nothing' : `${plan.steps.length} changes`)
      },
    },
  ])
  if (plan.steps.length > 0) await runSteps([verification])
  return {
    choices: manifest.role === 'edge' ? choices : undefined,
    desired,
    plan,
    facts,
    findings,
    notes,
  }
}

/** By the install that was interrupted, or by the last one that came to its end. */
const decidedBefore = ({ history, receipt }: Past): unknown =>
  history?.begins.findLast(({ options }) => options !== undefined)?.options ?? receipt?.options
/** Was another bundle installed here before? */
export const isUpgrade = ({ manifestSha256 }: UnpackedBundle, { receipt }: Past): boolean =>
  receipt !== undefined && receipt.bundle.manifestSha256 !== manifestSha256

/** The image that containerd starts every pod with, if that is known. */
export const sandboxImageOf = ({ containerdFiles }: Facts): string | undefined =>
  'value' in containerdFiles ? containerdFiles.value.config.sandboxImage : undefined

/** EdgeCore is up, and not only tried again and again. */
export function edgecoreRuns({ units, edgecoreLog }: Facts): boolean {
  const log = 'value' in edgecoreLog ? edgecoreLog.value : undefined
  return 'value' in units && units.value.edgecore.active === 'active' && log?.fatal === undefined
}

/** What it found that is worth knowing. Throws PreflightRefusal unless this node can take this bundle. */
function preflight(
  { manifest }: UnpackedBundle,
  facts: Facts,
  { ignored, force }: { ignored: readonly string[]; force: readonly string[] },
): CheckResult[] {
  const findings = runChecks(
    checksForRole('preflight', manifest.role),
    { ...facts, bundle: { value: manifest } },
    { ignored, install: { force } },
  ).filter(({ status }) => status !== 'pass')
  if (findings.some(({ status }) => status === 'fail' || status === 'error'))
    throw new PreflightRefusal(findings)
  return findings.filter(({ status }) => status === 'warn')
}

function refuseOtherRole({ name, role }: Manifest, { bundle }: Facts): void {
  const installed = 'value' in bundle ? bundle.value : undefined
  if (!installed || installed.role === role) return
  throw new EdgekitError(`${installed.name} is installed on this machine; it cannot be ${name} as well`, {
    code: 'role-mismatch',
    remedy: 'Use another machine: EdgeCore does not run where a kubelet runs. Nothing has been changed.',
  })
}
