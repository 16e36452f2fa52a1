import { EdgekitError } from '../lib/errors.ts'
import type { RunStep } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { recoveryHint, unrevertedLines } from './apply/recovery-hint.ts'
import { type RollBack, rollBack } from './apply/roll-back.ts'
import { takeLock } from './apply/take-lock.ts'
import { newRun, type OpenedPast, openPast } from './record/run.ts'

/**
 * Rolls back an interrupted or failed run; undefined when nothing was interrupted. Throws EdgekitError, leaving the journal
 * in place, when something cannot be rolled back and when it is stopped by `signal`.
 */
export async function undoInterrupted(
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<RollBack | undefined> {
  await takeLock(node, 'edgekit rollback', runStep, signal)
  const past = await openPast(node)
  if (!past.interrupted) {
    // An install killed before it had a journal may have left the empty state directory.
    await newRun(node).close(past.receipt)
    return undefined
  }
  return rollBackRun(past, node, runStep, signal)
}

/** The same for an opened run. */
export async function rollBackRun(
  { interrupted, receipt }: OpenedPast,
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<RollBack> {
  if (!interrupted) return { restored: [], unreverted: [] }
  if (interrupted.history.begins.at(-1)?.command === 'uninstall') {
    throw new EdgekitError('cannot roll back an uninstall: what it removed is gone', {
      code: 'uninstall-interrupted',
      remedy: 'Finish it, or install the bundle again:\n  sudo edgekit uninstall',
    })
  }
  const result = await rollBack(interrupted, receipt, node, runStep, signal)
  if (result.unreverted.length === 0) return result
  throw new EdgekitError(unrevertedLines(result.unreverted).join('\n'), {
    code: 'rollback-incomplete',
    remedy: `Fix the cause. ${recoveryHint()}`,
  })
}
