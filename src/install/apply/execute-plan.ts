import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { storageFailure } from '../../lib/files/storage-failure.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Plan } from '../plan/plan.ts'
import type { Attempt } from '../record/journal.ts'
import {
  foldReceipt,
  isSameReceipt,
  type Receipt,
  type ReceiptHead,
  writeReceipt,
} from '../record/receipt.ts'
import { newRun, type Run } from '../record/run.ts'
import { execute } from './execute.ts'
import { databaseLines, recoveryHint, unrevertedLines } from './recovery-hint.ts'
import { rollBack } from './roll-back.ts'

export interface Transaction {
  node: Node
  /** What it is, for its failure: `install`, `upgrade to v1.23.0`. */
  name: string
  /** The KubeEdge version of an EdgeCore that ran before and must run again after a rollback. */
  ranBefore?: string | undefined
  /** The attempt as the journal records it. */
  attempt: Attempt
  /** The interrupted run to continue, if there is one. */
  interrupted: Run | undefined
  plan: Plan
  /** Verifies the result before the receipt is written; throws to fail the transaction. */
  prove: () => Promise<void>
  /** The receipt before, and what goes into the new one. */
  previous: Receipt | undefined
  head: ReceiptHead
  desired: readonly DesiredStep[]
  /** Not the whole node: what else the receipt has stays in it. */
  isPartial?: true
  rollBackOnFailure: boolean
  runStep: RunStep
  /** When aborted, the current change is finished and the rest is left for later. */
  signal: AbortSignal
}

/**
 * Makes the changes of a plan, proves them and writes the receipt, which it returns. Afterwards the node is as planned,
 * as it was before, or there is a journal to continue from; the EdgekitError thrown has which.
 */
export async function executePlan(transaction: Transaction): Promise<Receipt> {
  const { node, attempt, plan, interrupted, prove, runStep, signal } = transaction
  const run = interrupted ?? newRun(node)
  const isIdle = !interrupted && plan.steps.length === 0
  if (!isIdle) await begin(run, attempt)
  let receipt: Receipt
  try {
    await execute(plan, run, node, runStep, signal)
    if (!isIdle) {
      await prove()
      signal.throwIfAborted()
    }
    receipt = await commit(transaction, run)
  } catch (error) {
    if (isIdle) throw error
    if (signal.aborted && error === signal.reason) throw stopped(error)
    if (!transaction.rollBackOnFailure) throw notRolledBack(error, transaction)
    return rollBackAfter(error, transaction, run)
  }
  await run.close(receipt)
  return receipt
}

async function begin(run: Run, attempt: Attempt): Promise<void> {
  try {
    await run.begin(attempt)
  } catch (error) {
    throw new EdgekitError(`nothing was changed: cannot write the journal: ${messageOf(error)}`, {
      code: 'state-not-writable',
      remedy:
        storageFailure(error, paths.journal)?.remedy ??
        'Make sure /var/lib/edgekit is writable, then run the command again.',
      cause: error,
    })
  }
}

/**
 * A run without changes does not rewrite a receipt of the same content. Another one does: the receipt that names it is what shows that
 * it is done while its backups are removed. After an upgrade it names the way back.
 */
async function commit({ node, head, desired, previous, isPartial }: Transaction, run: Run): Promise<Receipt> {
  const folded = await foldReceipt(head, desired, run.history, previous, node, {
    others: isPartial ? 'kept' : 'superseded',
  })
  if (previous && run.history.begins.length === 0 && isSameReceipt(previous, folded)) return previous
  const isUpgrade = previous && previous.bundle.manifestSha256 !== head.bundle.manifestSha256
  const receipt = isUpgrade ? { ...folded, previous: await run.keepReceipt(previous) } : folded
  await writeReceipt(receipt, node.files)
  return receipt
}

const stopped = (error: unknown): EdgekitError =>
  new EdgekitError(`${messageOf(error)}; the changes made so far are kept`, {
    code: error instanceof EdgekitError ? error.code : 'stopped-midway',
    remedy: recoveryHint(),
    cause: error,
  })

const notRolledBack = (error: unknown, { name }: Transaction): EdgekitError =>
  new EdgekitError(`${name} failed; nothing was rolled back\n${messageOf(error)}`, {
    code: 'changes-kept',
    remedy: recoveryHint(),
    cause: error,
  })

async function rollBackAfter(error: unknown, transaction: Transaction, run: Run): Promise<never> {
  const { node, name, ranBefore, previous, runStep } = transaction
  const { unreverted, database } = await rollBack(run, previous, node, runStep)
  if (unreverted.length === 0) {
    const remedy =
      error instanceof EdgekitError
        ? error.remedy
        : storageFailure(error, pathOf(error) ?? paths.state)?.remedy
    // The rollback has proved that EdgeCore runs as before.
    const state = ranBefore === undefined ? 'all changes were rolled back' : `${ranBefore} is running again`
    const lines = [`${name} failed; ${state}`, messageOf(error), ...databaseLines(database)]
    throw new EdgekitError(lines.join('\n'), {
      code: 'rolled-back',
      ...(remedy !== undefined && { remedy }),
      cause: error,
    })
  }
  const outcome = `${name} failed, and not all changes could be rolled back`
  throw new EdgekitError([outcome, messageOf(error), ...unrevertedLines(unreverted)].join('\n'), {
    code: 'rollback-incomplete',
    remedy: recoveryHint(),
    cause: error,
  })
}

/** The file that a failed system call was about. */
const pathOf = (error: unknown): string | undefined =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).path ?? pathOf(error.cause)) : undefined
