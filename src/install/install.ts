import type { Manifest } from '../bundle/manifest.ts'
import type { TrustedKey } from '../bundle/signature.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run.ts'
import { EdgekitError, exitCodes } from '../errors.ts'
import { known } from '../facts/fact.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import type { Node } from '../node/node.ts'
import type { Step, StepRunner } from '../step.ts'
import { carryOut } from './carry-out.ts'
import { type CloudCommands, cloudCommands } from './cloud-commands.ts'
import { type CloudChoice, cloudOptions, cloudSideSteps } from './cloud-side.ts'
import { cloudSteps } from './cloud-steps.ts'
import { desiredSteps } from './desired-steps.ts'
import { makePlan, type Past, type Plan } from './plan.ts'
import { readReceipt } from './receipt.ts'
import { interruptedRun } from './run.ts'
import { beforeRuntime, bringsRuntime, newRuntime } from './runtime.ts'
import { waitForEdgecoreToSettle } from './settle.ts'
import { type DesiredStep, stepMakers } from './step-makers.ts'
import { takeLock } from './take-lock.ts'
import { openBundle, type UnpackedBundle, verifyBundle } from './unpacked-bundle.ts'

export interface InstallOptions {
  /** Directory of the unpacked bundle. */
  directory: string
  node: Node
  /** With any, one of them must have signed the bundle. */
  keys: readonly TrustedKey[]
  /** Shows the steps and runs them. */
  runSteps: StepRunner
  /** When it is aborted, the change under way is finished; what has been done is kept, and can be gone on with. */
  signal: AbortSignal
  /** Put everything back when a change fails. */
  rollBackOnFailure: boolean
  edgekitVersion: string
  cloud: CloudChoice
}

export interface InstallResult {
  bundle: UnpackedBundle
  /** What was done, in order; empty when there was nothing to do. */
  done: string[]
  checklist: CheckResult[]
  /** What is left to be typed on a cloud machine; undefined when edgekit has done it, and on an edge node. */
  next: CloudCommands | undefined
}

/** The preflight checks found something; the node has not been touched. */
export class PreflightRefusal extends EdgekitError {
  readonly findings: readonly CheckResult[]

  constructor(findings: readonly CheckResult[]) {
    super('this node is not ready; nothing has been changed', { exitCode: exitCodes.refused })
    this.findings = findings
  }
}

/**
 * Make a node what its bundle says: look, decide, do, prove. Everything that can be found out beforehand is found out
 * before the first change; what fails after that is put back. Throws EdgekitError with the documented exit codes.
 */
export async function install(options: InstallOptions): Promise<InstallResult> {
  const { directory, node, keys, runSteps, signal, cloud, edgekitVersion } = options
  const bundle = await openBundle(directory, node.files, keys)
  const { manifest } = bundle
  const { role, name, kubeedgeVersion, arch } = manifest
  const cloudSide = await cloudOptions(manifest, cloud, node)
  // Who is not root is refused below, with all that is in the way.
  if ((await node.machine()).isRoot) await takeLock(node, 'edgekit install', runSteps, signal)
  const interrupted = await interruptedRun(node)
  const previous = await readReceipt(node.files)
  let facts: Facts | undefined
  let desired: DesiredStep[] = []
  let plan: Plan = { undo: [], steps: [], foreign: [] }
  await runSteps([
    {
      title: 'Look at this node',
      async run() {
        facts = await collectFacts(node)
        preflight(bundle, facts)
      },
    },
    {
      title: `Verify ${manifest.files.length} files of the bundle`,
      run: () => verifyBundle(bundle, node.files),
    },
    {
      title: interrupted ? 'Decide how to finish what was interrupted' : 'Decide what to do',
      async run(note) {
        desired = await stepsFor(bundle, facts as Facts, node)
        plan = await planFor(desired, { history: interrupted?.history, receipt: previous }, node)
        note(plan.steps.length === 0 ? 'nothing' : `${plan.steps.length} changes`)
      },
    },
  ])
  signal.throwIfAborted()
  const identity = { name, kubeedgeVersion, manifestSha256: bundle.manifestSha256 }
  await carryOut({
    node,
    begin: { command: 'install', edgekit: edgekitVersion, bundle: identity },
    interrupted,
    plan,
    prove: async () => {
      if (role === 'edge') await runSteps([settle(node)])
    },
    receipt: {
      head: { edgekit: edgekitVersion, bundle: { ...identity, arch }, options: {} },
      desired,
      previous,
    },
    rollBackOnFailure: options.rollBackOnFailure,
    runSteps,
    signal,
  })
  if (cloudSide && cloud.apply) await runSteps(cloudSideSteps(cloudSide, node))
  return {
    bundle,
    done: plan.steps.map(({ title }) => title),
    checklist: runChecks(checksForRole('checklist', role), await collectFacts(node)),
    next: cloudSide && !cloud.apply ? cloudCommands(cloudSide) : undefined,
  }
}

const settle = (node: Node): Step => ({
  title: 'Wait for EdgeCore to reach the broker',
  run: () => waitForEdgecoreToSettle(node, 30_000),
})

/** Throws PreflightRefusal unless this node can take this bundle. */
function preflight({ manifest }: UnpackedBundle, facts: Facts): void {
  const checks = checksForRole('preflight', manifest.role)
  const findings = runChecks(bringsRuntime(manifest, facts) ? beforeRuntime(checks) : checks, {
    ...facts,
    bundle: { value: manifest },
  }).filter(({ status }) => status !== 'pass')
  if (findings.some(({ status }) => status === 'fail' || status === 'error'))
    throw new PreflightRefusal(findings)
}

async function planFor(desired: readonly DesiredStep[], past: Past, node: Node): Promise<Plan> {
  const plan = await makePlan(desired, past, node)
  if (plan.foreign.length === 0) return plan
  const list = plan.foreign.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `these are there already, and edgekit did not write them as they are now:\n${list}`,
    {
      exitCode: exitCodes.refused,
      remedy:
        'If they are not needed, move them away (mv FILE FILE.old; ctr -n k8s.io images rm IMAGE) and try again. Nothing has been changed.',
    },
  )
}

async function stepsFor(bundle: UnpackedBundle, facts: Facts, node: Node): Promise<DesiredStep[]> {
  const { manifest } = bundle
  const installed = 'value' in facts.bundle ? facts.bundle.value : undefined
  if (installed && installed.role !== manifest.role) throw otherRole(installed, manifest)
  if (manifest.role === 'cloud') return cloudSteps(manifest, stepMakers(bundle))
  return desiredSteps({
    bundle,
    adopted: known(facts.units).edgecore.load === 'loaded' && !known(facts.units).edgecore.ours,
    edgecoreConfig: known(facts.edgecoreConfig).path,
    nodeName: known(facts.machine).hostName.toLowerCase(),
    containerdSocket: known(facts.containerd).socket,
    runtime: bringsRuntime(manifest, facts) ? await newRuntime(bundle, facts, node) : undefined,
  })
}

const otherRole = (installed: Manifest, { name }: Manifest): EdgekitError =>
  new EdgekitError(`${installed.name} is installed on this machine; it cannot be ${name} as well`, {
    exitCode: exitCodes.refused,
    remedy: 'Use another machine: EdgeCore does not run where a kubelet runs. Nothing has been changed.',
  })
