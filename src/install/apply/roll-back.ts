import { messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { actionOf, changeTitle } from '../record/action-of.ts'
import type { Change } from '../record/journal.ts'
import type { Receipt } from '../record/receipt.ts'
import type { Run } from '../record/run.ts'
import { revert, revertTitle } from './execute.ts'
import { type RestoredDatabase, returnEdgecore } from './return-edgecore.ts'

export interface RollBack {
  /** Titles of the changes that were rolled back. */
  restored: string[]
  /** What could not be rolled back and why, as lines. */
  unreverted: string[]
  /** EdgeCore runs with the copy of its database. */
  database?: RestoredDatabase
}

/**
 * Reverts all changes of a run, the last first, proves that EdgeCore runs as before, and closes the run when nothing is left.
 * Continues when one of them fails. With `signal` it stops between two changes and throws its reason.
 */
export async function rollBack(
  run: Run,
  receipt: Receipt | undefined,
  node: Node,
  runStep: RunStep,
  signal = new AbortController().signal,
): Promise<RollBack> {
  const { changes } = run.history
  const restored: string[] = []
  const unreverted: string[] = []
  const attempt = async (
    title: string,
    note: (text: string) => void,
    work: () => Promise<void>,
  ): Promise<boolean> => {
    signal.throwIfAborted()
    try {
      await work()
      return true
    } catch (error) {
      if (error === signal.reason) throw error
      unreverted.push(`${title}: ${messageOf(error)}`)
      note('failed')
      return false
    }
  }
  const live = changes.filter(({ state }) => state !== 'reverted').toReversed()
  for (const [index, change] of live.entries()) {
    const title = revertTitle(change)
    await runStep(
      title,
      async note => {
        if (await attempt(title, note, () => revert(change, run, node))) restored.push(title)
      },
      { number: index + 1, of: live.length },
    )
  }
  // Even when an interrupted rollback has reverted everything: it may not have come this far.
  const restartServices = () =>
    runStep('Restart previous services', async note => {
      await attempt('Reload systemd', note, () => node.systemd.reload())
      for (const change of firstOfEach(changes)) {
        const { kind, spec, before } = change
        await attempt(changeTitle(change), note, async () =>
          actionOf(kind).restartAfterRollback?.(spec, before, node),
        )
      }
    })
  const database = await returnEdgecore(run.history, restartServices, {
    node,
    runStep,
    signal,
    fail: reason => void unreverted.push(`${units.edgecore}: ${reason}`),
  })
  const title = 'Delete the journal'
  const close = async () => run.close(await run.receiptBefore(receipt))
  if (unreverted.length === 0) await runStep(title, async note => void (await attempt(title, note, close)))
  return { restored, unreverted, ...(database && { database }) }
}

/** The first change of each thing, whose `before` is the original state. */
const firstOfEach = (changes: readonly Change[]): Change[] =>
  [
    ...new Map(changes.toReversed().map(change => [`${change.kind} ${change.id}`, change])).values(),
  ].toReversed()
