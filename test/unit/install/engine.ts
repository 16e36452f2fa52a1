import { executePlan, type Transaction } from '../../../src/install/apply/execute-plan.ts'
import { rollBack } from '../../../src/install/apply/roll-back.ts'
import type { DesiredStep } from '../../../src/install/desired/step-makers.ts'
import { makePlan } from '../../../src/install/plan/plan.ts'
import type { Run } from '../../../src/install/record/open-run.ts'
import { interruptedRun } from '../../../src/install/record/open-run.ts'
import { readReceipt } from '../../../src/install/record/receipt.ts'
import type { Step } from '../../../src/lib/step.ts'
import type { TinyNode } from '../actions/tiny-node.ts'

const bundle = { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64', manifestSha256: '0' }
const runSteps = async (steps: readonly Step[]): Promise<void> => {
  for (const step of steps) await step.run(() => {})
}

/** Make a node as desired, with journal and receipt. The ids of what had to be done. */
export async function perform(
  node: TinyNode,
  desired: readonly DesiredStep[],
  changes: Partial<Transaction> = {},
): Promise<string[]> {
  const interrupted = await interruptedRun(node)
  const previous = await readReceipt(node.files)
  const plan = await makePlan(desired, { history: interrupted?.history, receipt: previous }, node)
  if (plan.foreign.length > 0) throw new Error(`in the way: ${plan.foreign.map(({ id }) => id).join()}`)
  await executePlan({
    node,
    begin: { command: 'install', edgekit: '0', bundle },
    interrupted,
    plan,
    prove: async () => {},
    receipt: { head: { edgekit: '0', bundle, options: {} }, desired, previous },
    rollBackOnFailure: true,
    runSteps,
    signal: new AbortController().signal,
    ...changes,
  })
  return plan.steps.map(({ id }) => id)
}

/** The same, but the process is killed after all changes, before it says that they are there for good. */
export async function performUnfinished(node: TinyNode, desired: readonly DesiredStep[]): Promise<Run> {
  const prove = () => Promise.reject(new Error('killed'))
  await perform(node, desired, { prove, rollBackOnFailure: false }).catch(() => {})
  const run = await interruptedRun(node)
  if (!run) throw new Error('nothing was interrupted')
  return run
}

/** Undo what was interrupted; what could not be put back. */
export async function rollBackOn(node: TinyNode): Promise<string[]> {
  const run = await interruptedRun(node)
  if (!run) throw new Error('nothing was interrupted')
  const { steps, left } = rollBack(run, node)
  await runSteps(steps)
  return left
}
