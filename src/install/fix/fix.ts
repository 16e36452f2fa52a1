import type { CheckResult } from '../../checks/check.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { StepRunner } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { executePlan } from '../apply/execute-plan.ts'
import { recoveryHint } from '../apply/recovery-hint.ts'
import { takeLock } from '../apply/take-lock.ts'
import { waitForBrokerConnection } from '../apply/wait-for-broker-connection.ts'
import type { PlannedStep } from '../plan/plan.ts'
import { actionOf } from '../record/action-of.ts'
import { interruptedRun } from '../record/open-run.ts'
import { type Receipt, readReceipt } from '../record/receipt.ts'
import { type FixStep, fixSteps } from './fix-steps.ts'

/** What `doctor --fix` would do. */
export interface Mending {
  /** In the order of an install; empty when there is nothing it could do. */
  steps: PlannedStep[]
  /** The checks that these steps are for. */
  mends: CheckResult[]
  /** The bad ones that a person has to see to. */
  left: CheckResult[]
  receipt: Receipt | undefined
}

/** As in an install: what is needed comes first, the broker before EdgeCore. */
const order = (step: FixStep): number => {
  if (step.kind === 'file' || step.kind === 'link') return 0
  if (step.kind === 'unit-enabled') return 1
  if (step.kind === 'daemon-reload') return 2
  if (step.id === units.containerd) return 3
  if (step.kind === 'image') return 4
  if (step.id === units.broker) return 5
  if (step.kind === 'broker-answers') return 6
  return step.kind === 'edgecore-config' ? 7 : 8
}

/** Decide what of the bad news can be mended safely: only what an install did here is done again. Changes nothing. */
async function planMending(
  results: readonly CheckResult[],
  texts: Readonly<Record<string, string>>,
  node: Node,
): Promise<Mending> {
  const receipt = await readReceipt(node.files)
  const chosen = new Map<string, FixStep>()
  const mends: CheckResult[] = []
  const left: CheckResult[] = []
  for (const result of results.filter(({ status }) => status === 'fail' || status === 'warn')) {
    const { fix } = result.remedy ?? {}
    const steps = fix && receipt ? fixSteps(fix, { receipt, texts }) : []
    const needed = await neededOf(steps, node)
    if (needed.length === 0) left.push(result)
    else mends.push(result)
    for (const step of needed) chosen.set(step.id, { ...chosen.get(step.id), ...step })
  }
  const steps = [...chosen.values()]
    .toSorted((a, b) => order(a) - order(b))
    .map(step => ({ ...step, title: actionOf(step.kind).describe(step.spec) }))
  return { steps, mends, left, receipt }
}

/** Those that are to be done; none at all when one of them would replace what is somebody else's. */
async function neededOf(steps: readonly FixStep[], node: Node): Promise<FixStep[]> {
  const needed: FixStep[] = []
  for (const step of steps) {
    // What a new one needs, address and token of the cloud, only a person knows.
    if (step.kind === 'edgecore-config' && !(await node.files.status(step.spec.path))) return []
    // Waiting for the broker is worth it only after something has been done.
    const inspection =
      step.always || step.kind === 'broker-answers'
        ? 'needed'
        : await actionOf(step.kind).inspect(step.spec, node)
    if (inspection === 'foreign') return []
    if (inspection === 'needed') needed.push(step)
  }
  return needed.every(({ kind }) => kind === 'broker-answers') ? [] : needed
}

export interface MendOptions<R> {
  node: Node
  /** Version of edgekit. */
  edgekit: string
  texts: Readonly<Record<string, string>>
  /** Look again. */
  look: () => Promise<R>
  /** Shows the plan, and asks. */
  confirm: (plan: Mending) => Promise<boolean>
  runSteps: StepRunner
  signal: AbortSignal
}

/** What was hidden behind a failure may need a fix of its own: containerd first, then the broker, then EdgeCore. */
const mostRounds = 3

/**
 * Mend what can be mended safely, look again, and so on until nothing is left to do. Returns the last report. Throws
 * EdgekitError when it may not, when another edgekit is at work or was interrupted, and when a step fails.
 */
export async function mendNode<R extends { checks: readonly CheckResult[] }>(
  report: R,
  options: MendOptions<R>,
): Promise<R> {
  const { node, texts, look, confirm, runSteps, signal } = options
  if (!(await node.machine()).isRoot) throw notRoot()
  await takeLock(node, 'edgekit doctor --fix', runSteps, signal)
  if (await interruptedRun(node)) throw interruptedBefore()
  let latest = report
  for (let round = 0; round < mostRounds; round++) {
    const plan = await planMending(latest.checks, texts, node)
    if (!(await confirm(plan))) break
    await mend(plan, options)
    latest = await look()
    if (latest.checks.every(({ status }) => status === 'pass' || status === 'skip')) break
  }
  return latest
}

const notRoot = (): EdgekitError =>
  new EdgekitError('only root can change this node', {
    code: 'permission-denied',
    remedy: 'sudo edgekit doctor --fix',
  })

const interruptedBefore = (): EdgekitError =>
  new EdgekitError('an install was interrupted here, and comes first', {
    code: 'install-interrupted',
    remedy: recoveryHint(),
  })

/** Do what was planned, with the journal of an install; what fails is put back. Throws EdgekitError that says so. */
async function mend<R>(
  { steps, receipt }: Mending,
  { node, edgekit, runSteps, signal }: MendOptions<R>,
): Promise<void> {
  if (!receipt) throw new Error('there is nothing to mend without a receipt')
  const { name, kubeedgeVersion, manifestSha256 } = receipt.bundle
  await executePlan({
    node,
    begin: { command: 'doctor --fix', edgekit, bundle: { name, kubeedgeVersion, manifestSha256 } },
    interrupted: undefined,
    plan: { undo: [], steps, foreign: [], kept: [] },
    prove: () =>
      runSteps([
        { title: 'Wait for EdgeCore to reach the broker', run: () => waitForBrokerConnection(node, 15_000) },
      ]),
    // What edgekit owns is the same as before.
    receipt: { head: receipt, desired: [], previous: receipt },
    rollBackOnFailure: true,
    runSteps,
    signal,
  })
}
