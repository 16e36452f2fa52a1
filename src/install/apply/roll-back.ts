import { messageOf } from '../../lib/errors.ts'
import type { Step } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { actionOf } from '../record/action-of.ts'
import type { Change } from '../record/journal.ts'
import type { Run } from '../record/open-run.ts'
import { readReceipt } from '../record/receipt.ts'
import { revert, undoTitle } from './execute.ts'

export interface RollBack {
  steps: Step[]
  /** What was put back, and what could not be, as lines; complete when the steps have been run. */
  restored: string[]
  left: string[]
}

/**
 * Steps that put back all that a run has changed, the last change first, and settle the run when nothing is left. They
 * go on when one of them fails. With a `signal` they stop between two changes and throw its reason.
 */
export function rollBack(run: Run, node: Node, signal?: AbortSignal): RollBack {
  const { changes } = run.history
  const restored: string[] = []
  const left: string[] = []
  const attempt = async (title: string, note: (text: string) => void, work: () => Promise<void>) => {
    signal?.throwIfAborted()
    try {
      await work()
    } catch (error) {
      left.push(`${title}: ${messageOf(error)}`)
      note('failed')
    }
  }
  const putBack = async (change: Change, title: string) => {
    await revert(change, run, node)
    restored.push(title)
  }
  const reverts = changes
    .filter(({ state }) => state !== 'reverted')
    .toReversed()
    .map((change): Step => {
      const title = undoTitle(change)
      return { title, run: note => attempt(title, note, () => putBack(change, title)) }
    })
  // Also when an interrupted rollback had put everything back: it may not have come to this.
  const resume: Step = {
    title: 'Start again what ran before',
    async run(note) {
      await attempt('Let systemd read its unit files again', note, () => node.systemd.reload())
      for (const change of firstOfEach(changes)) {
        const { spec, before } = change
        const action = actionOf(change.kind)
        await attempt(action.describe(spec), note, async () =>
          action.restartAfterRollback?.(spec, before, node),
        )
      }
    },
  }
  const settle: Step = {
    title: 'Forget the interrupted run',
    async run(note) {
      const forget = async () => run.close(await readReceipt(node.files))
      if (left.length === 0) await attempt('Forget the interrupted run', note, forget)
    },
  }
  return { steps: [...reverts, resume, settle], restored, left }
}

/** What was there before a thing was changed for the first time. */
const firstOfEach = (changes: readonly Change[]): Change[] =>
  [
    ...new Map(changes.toReversed().map(change => [`${change.kind} ${change.id}`, change])).values(),
  ].toReversed()
