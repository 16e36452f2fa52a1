import type { Manifest } from '../bundle/manifest.ts'
import type { TrustedKey } from '../bundle/signature.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run.ts'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { known } from '../facts/fact.ts'
import { collectFacts, type Facts } from '../facts/index.ts'
import type { Node } from '../node/node.ts'
import type { StepRunner } from '../step.ts'
import { type CloudCommands, cloudCommands } from './cloud-commands.ts'
import { type CloudChoice, cloudOptions, cloudSideSteps } from './cloud-side.ts'
import { cloudSteps } from './cloud-steps.ts'
import { desiredSteps } from './desired-steps.ts'
import { type Execution, execution } from './execute.ts'
import { makePlan, type Plan } from './plan.ts'
import { beforeRuntime, bringsRuntime, newRuntime } from './runtime.ts'
import { waitForEdgecoreToSettle } from './settle.ts'
import { type DesiredStep, stepMakers } from './step-makers.ts'
import { openBundle, type UnpackedBundle, verifyBundle } from './unpacked-bundle.ts'

export interface InstallOptions {
  /** Directory of the unpacked bundle. */
  directory: string
  node: Node
  /** With any, one of them must have signed the bundle. */
  keys: readonly TrustedKey[]
  /** Shows the steps and runs them. */
  runSteps: StepRunner
  /** When it is aborted, the change under way is finished and everything is put back. */
  signal: AbortSignal
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
  const { directory, node, keys, runSteps, signal, cloud } = options
  const bundle = await openBundle(directory, node.files, keys)
  const { role } = bundle.manifest
  const cloudSide = await cloudOptions(bundle.manifest, cloud, node)
  let facts: Facts | undefined
  let plan: Plan = { steps: [], foreign: [] }
  await runSteps([
    {
      title: 'Look at this node',
      async run() {
        facts = await collectFacts(node)
        preflight(bundle, facts)
      },
    },
    {
      title: `Verify ${bundle.manifest.files.length} files of the bundle`,
      run: () => verifyBundle(bundle, node.files),
    },
    {
      title: 'Decide what to do',
      async run(note) {
        plan = await planFor(bundle, facts as Facts, node)
        note(plan.steps.length === 0 ? 'nothing' : `${plan.steps.length} changes`)
      },
    },
  ])
  const work = execution(plan.steps, node, signal)
  await runSteps(work.steps).catch(error => undo(work, error))
  if (role === 'edge' && plan.steps.length > 0) {
    await runSteps([
      { title: 'Wait for EdgeCore to reach the broker', run: () => waitForEdgecoreToSettle(node, 30_000) },
    ])
  }
  if (cloudSide && cloud.apply) await runSteps(cloudSideSteps(cloudSide, node))
  return {
    bundle,
    done: plan.steps.map(({ title }) => title),
    checklist: runChecks(checksForRole('checklist', role), await collectFacts(node)),
    next: cloudSide && !cloud.apply ? cloudCommands(cloudSide) : undefined,
  }
}

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

async function planFor(bundle: UnpackedBundle, facts: Facts, node: Node): Promise<Plan> {
  const plan = await makePlan(await stepsFor(bundle, facts, node), node)
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
  if (manifest.role === 'cloud') return cloudSteps(manifest, stepMakers(bundle, installed))
  return desiredSteps({
    bundle,
    adopted: known(facts.units).edgecore.load === 'loaded' && !known(facts.units).edgecore.ours,
    edgecoreConfig: known(facts.edgecoreConfig).path,
    installed,
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

async function undo(work: Execution, error: unknown): Promise<never> {
  const left = await work.rollBack()
  if (left.length === 0) {
    throw new EdgekitError(`${messageOf(error)}\nEverything that had been changed has been put back.`, {
      exitCode: error instanceof EdgekitError ? error.exitCode : exitCodes.rolledBack,
      cause: error,
    })
  }
  throw new EdgekitError(
    [messageOf(error), 'Not everything could be put back:', ...left.map(item => `  ${item}`)].join('\n'),
    {
      exitCode: exitCodes.notClean,
      remedy: 'Mend the cause and run the same command again: it goes on where it stopped.',
      cause: error,
    },
  )
}
