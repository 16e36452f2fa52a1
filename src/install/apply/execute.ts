import type { Step } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import { actionOf } from '../record/action-of.ts'
import type { Change } from '../record/journal.ts'
import type { Run } from '../record/open-run.ts'
import { isSameSpec } from '../record/spec.ts'

/** Turn a plan into steps that make its changes, each written down before it is made and after it was. */
export function executionSteps({ undo, steps }: Plan, run: Run, node: Node, signal: AbortSignal): Step[] {
  return [
    ...undo.map(change => ({
      title: undoTitle(change),
      async run() {
        signal.throwIfAborted()
        await revert(change, run, node)
      },
    })),
    ...steps.map(step => ({
      title: step.title,
      async run() {
        // Between two changes, never in the middle of one.
        signal.throwIfAborted()
        await make(step, run, node)
      },
    })),
  ]
}

export const undoTitle = ({ kind, spec }: Change): string => `Undo: ${actionOf(kind).describe(spec)}`

async function make(step: PlannedStep, run: Run, node: Node): Promise<void> {
  const action = actionOf(step.kind)
  // Begun before an interruption: what was there before that is what counts.
  const again = run.history.changes.find(
    ({ id, kind, spec, state }) =>
      id === step.id && kind === step.kind && state !== 'reverted' && isSameSpec(spec, step.spec),
  )
  const before = again
    ? ((await action.recapture?.(step.spec, again.before, node)) ?? again.before)
    : await action.capture(step.spec, node, path => run.backUp(path))
  const change = await run.intent(step, before, again?.change)
  const seen = await action.apply(step.spec, node)
  if (seen !== 'done' && (await action.inspect(step.spec, node)) !== 'done') {
    throw new Error(`${step.title}: it was done without an error, but the node does not show it`)
  }
  await run.done(change)
}

/** Put back what was there before one change. */
export async function revert(change: Change, run: Run, node: Node): Promise<void> {
  await actionOf(change.kind).revert(change.spec, change.before, node)
  await run.reverted(change)
}
