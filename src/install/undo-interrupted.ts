import { EdgekitError } from '../lib/errors.ts'
import type { RunStep } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { recoveryHint, unrevertedLines } from './apply/recovery-hint.ts'
import { rollBack } from './apply/roll-back.ts'
import { takeLock } from './apply/take-lock.ts'
import { newRun, openPast } from './record/run.ts'

/**
 * Rolls back an interrupted or failed run. Returns the titles of what was rolled back; undefined when nothing was
 * interrupted. Throws EdgekitError, leaving the journal in place, when something cannot be rolled back and when it is
 * stopped by `signal`.
 */
export async function undoInterrupted(
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<string[] | undefined> {
  await takeLock(node, 'edgekit rollback', runStep, signal)
  const { interrupted, receipt } = await openPast(node)
  if (!interrupted) {
    // An install killed before it had a journal may have left the empty state directory.
    await newRun(node).close(receipt)
    return undefined
  }
  if (interrupted.history.begins.at(-1)?.command === 'uninstall') {
    throw new EdgekitError('cannot roll back an uninstall: what it removed is gone', {
      code: 'uninstall-interrupted',
      remedy: 'Finish it, or install the bundle again:\n  sudo edgekit uninstall',
    })
  }
  const { restored, unreverted } = await rollBack(interrupted, receipt, node, runStep, signal)
  if (unreverted.length === 0) return restored
  throw new EdgekitError(unrevertedLines(unreverted).join('\n'), {
    code: 'rollback-incomplete',
    remedy: `Fix the cause. ${recoveryHint()}`,
  })
}
