import { parseManifest } from '../bundle/manifest.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksFor } from '../checks/index.ts'
import { runChecks } from '../checks/run.ts'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { collectFacts } from '../facts/index.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import type { StepRunner } from '../step.ts'
import { desiredSteps } from './desired-steps.ts'
import { type Execution, execution } from './execute.ts'
import { makePlan, type Plan } from './plan.ts'
import { waitForEdgecoreToSettle } from './settle.ts'
import { openBundle, type UnpackedBundle, verifyBundle } from './unpacked-bundle.ts'

export interface InstallOptions {
  /** Directory of the unpacked bundle. */
  directory: string
  node: Node
  /** Shows the steps and runs them. */
  runSteps: StepRunner
}

export interface InstallResult {
  bundle: UnpackedBundle
  /** What was done, in order; empty when there was nothing to do. */
  done: string[]
  checklist: CheckResult[]
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
export async function install({ directory, node, runSteps }: InstallOptions): Promise<InstallResult> {
  const bundle = await openBundle(directory, node.files)
  let plan: Plan = { steps: [], foreign: [] }
  await runSteps([
    { title: 'Look at this node', run: () => preflight(bundle, node) },
    {
      title: `Verify ${bundle.manifest.files.length} files of the bundle`,
      run: () => verifyBundle(bundle, node.files),
    },
    {
      title: 'Decide what to do',
      async run(note) {
        plan = await planFor(bundle, node)
        note(plan.steps.length === 0 ? 'nothing' : `${plan.steps.length} changes`)
      },
    },
  ])
  const work = execution(plan.steps, node)
  await runSteps(work.steps).catch(error => undo(work, error))
  if (plan.steps.length > 0) {
    await runSteps([
      { title: 'Wait for EdgeCore to reach the broker', run: () => waitForEdgecoreToSettle(node, 30_000) },
    ])
  }
  const facts = await collectFacts(node)
  return {
    bundle,
    done: plan.steps.map(({ title }) => title),
    checklist: runChecks(checksFor('checklist'), facts),
  }
}

async function preflight({ manifest }: UnpackedBundle, node: Node): Promise<void> {
  const facts = { ...(await collectFacts(node)), bundle: { value: manifest } }
  const findings = runChecks(checksFor('preflight'), facts).filter(({ status }) => status !== 'pass')
  if (findings.some(({ status }) => status === 'fail' || status === 'error'))
    throw new PreflightRefusal(findings)
}

async function planFor(bundle: UnpackedBundle, node: Node): Promise<Plan> {
  const [text, { hostName }] = await Promise.all([node.files.read(paths.installedManifest), node.machine()])
  const installed = text === undefined ? undefined : parseManifest(text)
  const plan = await makePlan(desiredSteps({ bundle, installed, nodeName: hostName.toLowerCase() }), node)
  if (plan.foreign.length === 0) return plan
  const list = plan.foreign.map(({ id }) => `  ${id}`).join('\n')
  throw new EdgekitError(
    `these are there already, and edgekit did not write them as they are now:\n${list}`,
    {
      exitCode: exitCodes.refused,
      remedy:
        'Move them away if they are not needed (mv FILE FILE.old), then try again. Nothing has been changed.',
    },
  )
}

async function undo(work: Execution, error: unknown): Promise<never> {
  const left = await work.rollBack()
  if (left.length === 0) {
    throw new EdgekitError(`${messageOf(error)}\nEverything that had been changed has been put back.`, {
      exitCode: exitCodes.rolledBack,
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
