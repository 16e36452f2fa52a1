import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { StepRunner } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Plan } from '../plan/plan.ts'
import type { Attempt } from '../record/journal.ts'
import { newRun, type Run } from '../record/open-run.ts'
import {
  foldReceipt,
  isSameReceipt,
  type Receipt,
  type ReceiptHead,
  writeReceipt,
} from '../record/receipt.ts'
import { executionSteps } from './execute.ts'
import { recoveryHint, unrevertedLines } from './recovery-hint.ts'
import { rollBack } from './roll-back.ts'

export interface Transaction {
  node: Node
  /** What the journal says who began it. */
  begin: Attempt
  /** The run that was interrupted, which this one goes on with. */
  interrupted: Run | undefined
  plan: Plan
  /** What must hold before it counts as done; it throws otherwise. */
  prove: () => Promise<void>
  /** What the receipt says then. */
  receipt: { head: ReceiptHead; desired: readonly DesiredStep[]; previous: Receipt | undefined }
  /** Put everything back on failure. */
  rollBackOnFailure: boolean
  runSteps: StepRunner
  /** When it is aborted, the change under way is finished, and the rest is left for later. */
  signal: AbortSignal
}

/**
 * Make the changes of a plan, prove them and write the receipt. Whatever happens on the way, the node is then either
 * as the plan says, or as it was before, or there is a journal to go on from. Throws EdgekitError that says which.
 */
export async function executePlan(undertaking: Transaction): Promise<void> {
  const { node, begin, plan, interrupted, prove, runSteps, signal } = undertaking
  const run = interrupted ?? newRun(node)
  const isIdle = !interrupted && plan.steps.length === 0
  if (!isIdle) await open(run, begin)
  let receipt: Receipt | undefined
  try {
    await runSteps(executionSteps(plan, run, node, signal))
    if (!isIdle) {
      await prove()
      signal.throwIfAborted()
    }
    receipt = await commit(undertaking, run)
  } catch (error) {
    if (isIdle) throw error
    if (signal.aborted && error === signal.reason) throw stopped(error)
    if (!undertaking.rollBackOnFailure) throw kept(error)
    return undo(error, undertaking, run)
  }
  await run.close(receipt)
}

async function open(run: Run, begin: Attempt): Promise<void> {
  try {
    await run.begin(begin)
  } catch (error) {
    throw new EdgekitError(`cannot write down what is going to be done: ${messageOf(error)}`, {
      code: 'state-not-writable',
      remedy: 'Make /var/lib/edgekit writable, with some room, and run it again. Nothing has been changed.',
      cause: error,
    })
  }
}

/** The receipt that is there then; one that says the same stays as it is. */
async function commit(
  { node, receipt: { head, desired, previous } }: Transaction,
  run: Run,
): Promise<Receipt | undefined> {
  const receipt = await foldReceipt(head, desired, run.history, previous, node)
  if (isSameReceipt(previous, receipt)) return previous
  await writeReceipt(receipt, node.files)
  return receipt
}

const stopped = (error: unknown): EdgekitError =>
  new EdgekitError(`${messageOf(error)}; what has been changed so far is kept`, {
    code: error instanceof EdgekitError ? error.code : 'stopped-midway',
    remedy: recoveryHint(),
    cause: error,
  })

const kept = (error: unknown): EdgekitError =>
  new EdgekitError(`${messageOf(error)}\nNothing has been put back.`, {
    code: 'changes-kept',
    remedy: recoveryHint(),
    cause: error,
  })

async function undo(error: unknown, { node, runSteps }: Transaction, run: Run): Promise<never> {
  const { steps, left } = rollBack(run, node)
  await runSteps(steps)
  if (left.length === 0) {
    throw new EdgekitError(`${messageOf(error)}\nEverything that had been changed has been put back.`, {
      code: 'rolled-back',
      cause: error,
    })
  }
  throw new EdgekitError([messageOf(error), ...unrevertedLines(left)].join('\n'), {
    code: 'rollback-incomplete',
    remedy: recoveryHint(),
    cause: error,
  })
}
