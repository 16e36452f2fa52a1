import { EdgekitError } from '../lib/errors.ts'
import type { StepRunner } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { recoveryHint, unrevertedLines } from './apply/recovery-hint.ts'
import { rollBack } from './apply/roll-back.ts'
import { takeLock } from './apply/take-lock.ts'
import { interruptedRun, newRun } from './record/open-run.ts'
import { readReceipt } from './record/receipt.ts'

export interface Undone {
  /** What was put back; undefined when there was nothing to undo. */
  restored: string[] | undefined
}

/**
 * Put a node back to where it was before the run that was interrupted or failed. Throws EdgekitError when something
 * could not be put back, and when it is stopped by `signal`; the journal is then still there.
 */
export async function undoInterrupted(
  node: Node,
  runSteps: StepRunner,
  signal: AbortSignal,
): Promise<Undone> {
  await takeLock(node, 'edgekit rollback', runSteps, signal)
  const run = await interruptedRun(node)
  if (!run) {
    // Killed before the journal was there, it may have left its empty directory.
    await newRun(node).close(await readReceipt(node.files))
    return { restored: undefined }
  }
  if (run.history.begins.at(-1)?.command === 'uninstall') {
    throw new EdgekitError('an uninstall was interrupted, and what it has removed is gone', {
      code: 'uninstall-interrupted',
      remedy: 'Finish it with edgekit uninstall, or install the bundle again.',
    })
  }
  const { steps, restored, left } = rollBack(run, node, signal)
  await runSteps(steps)
  if (left.length === 0) return { restored }
  throw new EdgekitError(unrevertedLines(left).join('\n'), {
    code: 'rollback-incomplete',
    remedy: `Mend the cause. ${recoveryHint()}`,
  })
}
