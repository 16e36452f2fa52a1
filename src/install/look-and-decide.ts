import type { EdgecoreCopySpec } from '../actions/files/edgecore-copy.ts'
import type { UnpackedBundle } from '../bundle/bundle.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { verifyLarge, verifyTexts } from '../bundle/verify-unpacked.ts'
import type { CheckResult } from '../checks/check.ts'
import { readEdgecoreConfig } from '../edgecore/config/config.ts'
import { requireKnownKey } from '../edgecore/known-keys/known-keys.ts'
import type { EdgecoreConfigFacts } from '../facts/edgecore-config.ts'
import { requireFact } from '../facts/fact.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import { installedSettingsFrom } from '../facts/installed-settings.ts'
import { EdgekitError } from '../lib/errors.ts'
import { plural } from '../lib/format.ts'
import type { Secret } from '../lib/secret.ts'
import type { RunStep } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import type { CloudOptions } from './cloud/cloud-commands.ts'
import { type CloudFlags, cloudOptions } from './cloud/cloud-side.ts'
import { cloudSteps } from './desired/cloud-steps.ts'
import { type Desired, desiredEdge } from './desired/desired-edge.ts'
import { keepEdgecore } from './desired/keep-edgecore.ts'
import { markEdited } from './desired/mark-edited.ts'
import { preserveUserConfig } from './desired/preserve-user-config.ts'
import { type DesiredStep, stepMakers } from './desired/step-makers.ts'
import { type JoinPlan, joinSteps } from './join/join-steps.ts'
import { joinForces } from './join/refuse-join.ts'
import { forcedIds, refuseForeign } from './plan/foreign.ts'
import { metaServerNotes } from './plan/meta-server.ts'
import { nodeFromFacts } from './plan/node-from-facts.ts'
import { makePlan, type Plan } from './plan/plan.ts'
import { type PlanReport, reportPlan } from './plan/plan-report.ts'
import { refuseUnderRunningEdgecore } from './plan/staged.ts'
import { preflight } from './preflight.ts'
import { type Past, readPast } from './record/past.ts'
import type { InstallFlags } from './request/install-flags.ts'
import { type NodeSettings, nodeSettings, refuseEdgeFlags } from './request/node-settings.ts'
import { requireNewerBuild, requireVersionStep, versionForce } from './request/version-step.ts'

export interface InstallRequest {
  bundle: UnpackedBundle
  node: Node
  flags: InstallFlags
  cloud: CloudFlags
  /** Refuse when nothing is installed. */
  upgradeOnly: boolean
  /** The contents of `flags.tokenFile`. */
  token: Secret | undefined
  runStep: RunStep
}

export interface Decision {
  /** Undefined for a cloud bundle. */
  settings: NodeSettings | undefined
  /** Undefined for an edge bundle. */
  cloudSide: CloudOptions | undefined
  desired: DesiredStep[]
  plan: Plan
  /** The node as it was found. */
  facts: Facts
  /** Warnings of the preflight checks. */
  findings: CheckResult[]
  /** Flags without effect, and configuration left to the user, as sentences without a period. */
  notes: string[]
  joins: JoinPlan['joins']
  claim: JoinPlan['claim']
}

/**
 * The settings of an install, as far as flags and earlier installs decide them. Throws EdgekitError (usage) for flags that make
 * no sense here. Read-only.
 */
export async function requireUsable(
  { bundle: { manifest }, node, flags, cloud, upgradeOnly }: InstallRequest,
  past: Past,
): Promise<{ settings: NodeSettings; cloudSide: CloudOptions | undefined }> {
  const settings = requireUsableFlags(flags, past, upgradeOnly)
  const cloudSide = await cloudOptions(manifest, cloud, node)
  const { force = [], set = {} } = flags
  if (manifest.role === 'cloud') refuseEdgeFlags(flags)
  else {
    for (const key of Object.keys(set)) requireKnownKey(key, force, manifest.kubeedgeVersion)
    if (past.receipt) requireVersionStep(past.receipt.bundle.kubeedgeVersion, manifest.kubeedgeVersion, flags)
  }
  return { settings, cloudSide }
}

/** The same without the bundle: a packed one need not be unpacked for a mistake in the flags. */
export function requireUsableFlags(flags: InstallFlags, past: Past, upgradeOnly: boolean): NodeSettings {
  if (upgradeOnly && !past.receipt) throw notInstalled()
  return nodeSettings(flags, earlierSettings(past))
}

/**
 * Looks at the node, decides what to change and verifies the bundle if anything must change. Read-only. Throws
 * EdgekitError when the node is not ready, the bundle is damaged or foreign things are in the way.
 */
export async function lookAndDecide(request: InstallRequest, past: Past): Promise<Decision> {
  const { bundle, node, flags, runStep } = request
  const { manifest } = bundle
  const { settings, cloudSide } = await requireUsable(request, past)
  using verification = startVerification(bundle, node, past)
  const { facts, findings } = await runStep('Run preflight checks', async () => {
    const facts: Facts = {
      ...(await collectFacts(node, { minTimeoutMs: 60_000 })),
      installedSettings: { value: installedSettingsFrom(settings) },
    }
    return {
      facts,
      findings: preflight(manifest, facts, { ignored: flags.ignore ?? [], force: replaced(flags) }),
    }
  })
  const title = past.history ? 'Plan how to finish the interrupted install' : 'Plan changes'
  const { desired, plan, notes, joins, claim } = await runStep(title, async note => {
    const decided = await decide(request, settings, past, facts)
    const count = decided.plan.undo.length + decided.plan.steps.length
    note(count === 0 ? 'nothing to do' : plural(count, 'change'))
    return decided
  })
  if (plan.steps.length > 0)
    await runStep(`Verify ${manifest.files.length} bundle files`, () => verification.finish())
  return {
    settings: manifest.role === 'edge' ? settings : undefined,
    cloudSide,
    desired,
    plan,
    facts,
    findings,
    notes,
    joins,
    claim,
  }
}

async function decide(
  { bundle, node, flags, token }: InstallRequest,
  settings: NodeSettings,
  past: Past,
  facts: Facts,
): Promise<Pick<Decision, 'desired' | 'plan' | 'notes' | 'joins' | 'claim'>> {
  const { manifest } = bundle
  refuseOtherRole(manifest, facts)
  const installed = 'value' in facts.bundle ? facts.bundle.value : undefined
  if (installed) requireNewerBuild(installed, manifest, flags)
  await verifyTexts(bundle, node.files)
  const force = replaced(flags)
  const { edgecoreConfig } = flags
  const { steps, notes }: Desired =
    manifest.role === 'cloud'
      ? { steps: cloudSteps(manifest, stepMakers(bundle)), notes: [] }
      : await desiredEdge(bundle, { settings, force, edgecoreConfig }, facts, node)
  const preserved = await preserveUserConfig(
    await markEdited(steps, past, node),
    past.receipt,
    { isUpgrade: isUpgrade(bundle, past), explicitlySet: Object.keys(flags.set ?? {}), force },
    node,
  )
  const joining = await joinSteps(
    preserved.steps,
    {
      settings,
      version: manifest.kubeedgeVersion,
      hostName: requireFact(facts.machine).hostName,
      token,
      force: flags.force ?? [],
    },
    past,
    node,
  )
  const desired =
    isUpgrade(bundle, past) && manifest.role === 'edge'
      ? keepEdgecore(joining.steps, edgecoreFiles(requireFact(facts.edgecoreConfig)))
      : joining.steps
  const policy = { adopt: settings.adopt, force: forcedIds(force, desired) }
  const plan = await makePlan(desired, past, nodeFromFacts(node, facts), policy)
  refuseForeign(plan)
  refuseUnderRunningEdgecore(settings, plan, facts)
  return {
    desired,
    plan,
    notes: [...notes, ...preserved.notes, ...joining.notes, ...versionNotes(manifest, past, facts)],
    joins: joining.joins,
    claim: joining.claim,
  }
}

const versionNotes = ({ role, kubeedgeVersion }: Manifest, { receipt }: Past, facts: Facts): string[] =>
  role === 'edge' && receipt ? metaServerNotes(receipt.bundle.kubeedgeVersion, kubeedgeVersion, facts) : []

const edgecoreFiles = ({ path, config = readEdgecoreConfig('') }: EdgecoreConfigFacts): EdgecoreCopySpec => ({
  config: path,
  database: config.database.dataSource.value,
})

/** The foreign paths and units to replace. */
const replaced = ({ force = [], set = {} }: InstallFlags): string[] => {
  const others = [versionForce, ...Object.values<string>(joinForces), ...Object.keys(set)]
  return force.filter(name => !others.includes(name))
}

/** Another bundle was installed before. */
export const isUpgrade = ({ manifestSha256 }: UnpackedBundle, { receipt }: Past): boolean =>
  receipt !== undefined && receipt.bundle.manifestSha256 !== manifestSha256

/** Settings of the interrupted install, or of the last one. */
const earlierSettings = ({ history, receipt }: Past): unknown =>
  history?.begins.findLast(({ options }) => options !== undefined)?.options ?? receipt?.options

function refuseOtherRole({ name, role }: Manifest, { bundle }: Facts): void {
  const installed = 'value' in bundle ? bundle.value : undefined
  if (!installed || installed.role === role) return
  throw new EdgekitError(`cannot install ${name}: ${installed.name} is installed on this machine`, {
    code: 'role-mismatch',
    remedy: 'Use another machine: EdgeCore cannot run beside a kubelet.',
  })
}

const notInstalled = (): EdgekitError =>
  new EdgekitError('cannot upgrade: edgekit has installed nothing on this machine', {
    code: 'not-installed',
    remedy: 'Install the bundle:\n  sudo ./edgekit install',
  })

interface Verification extends Disposable {
  /** Resolves when all files are verified; throws EdgekitError otherwise. */
  finish(): Promise<void>
}

/**
 * Verifies the large files of a bundle; the small ones are verified before decisions are made from them. For a bundle
 * that is not installed yet it starts at once, beside the preflight checks. Disposing it stops reading.
 */
function startVerification(bundle: UnpackedBundle, { files }: Node, { receipt }: Past): Verification {
  const stop = new AbortController()
  const verify = () => verifyLarge(bundle, files, stop.signal)
  const started = receipt?.bundle.manifestSha256 === bundle.manifestSha256 ? undefined : verify()
  // `finish` reports the failure.
  started?.catch(() => {})
  return {
    finish: () => started ?? verify(),
    [Symbol.dispose]: () => stop.abort(),
  }
}

export interface DryRun extends Pick<Decision, 'settings' | 'findings' | 'notes'> {
  plan: PlanReport
}

/** What an install would do now. Takes no lock. Throws EdgekitError where an install would refuse. */
export async function dryRun(request: InstallRequest): Promise<DryRun> {
  const past = await readPast(request.node.files)
  const { settings, findings, notes, plan } = await lookAndDecide(request, past)
  return { settings, findings, notes, plan: await reportPlan(plan, request.node) }
}
