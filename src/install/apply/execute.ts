import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import type { Plan, PlannedStep } from '../plan/plan.ts'
import { actionOf, changeTitle } from '../record/action-of.ts'
import type { Change } from '../record/journal.ts'
import type { Run } from '../record/run.ts'
import { isSameSpec } from '../record/spec.ts'

/** Makes the changes of a plan, journaling each before and after. Stops between two changes when `signal` is aborted. */
export async function execute(
  { undo, steps }: Plan,
  run: Run,
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<void> {
  const of = undo.length + steps.length
  for (const [index, change] of undo.entries()) {
    signal.throwIfAborted()
    await runStep(revertTitle(change), () => revert(change, run, node), { number: index + 1, of })
  }
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted()
    await runStep(step.title, () => make(step, run, node), { number: undo.length + index + 1, of })
  }
}

export const revertTitle = (change: Change): string => `Roll back: ${changeTitle(change)}`

async function make(step: PlannedStep, run: Run, node: Node): Promise<void> {
  const action = actionOf(step.kind)
  // An interrupted attempt has already recorded the original state.
  const earlier = run.history.changes.find(
    ({ id, kind, spec, state }) =>
      id === step.id && kind === step.kind && state !== 'reverted' && isSameSpec(spec, step.spec),
  )
  const before = earlier
    ? ((await action.recapture?.(step.spec, earlier.before, node)) ?? earlier.before)
    : await action.capture(step.spec, node, path => run.backUp(path))
  const change = await run.intent(step, before, earlier?.change)
  const outcome = await action.apply(step.spec, node)
  if (outcome !== 'done' && (await action.inspect(step.spec, node)) !== 'done')
    throw new Error(`${step.title}: it reported success, but the node is unchanged`)
  await run.done(change, (await action.fingerprint?.(step.spec, node)) ?? null)
}

export async function revert(change: Change, run: Run, node: Node): Promise<void> {
  await actionOf(change.kind).revert(change.spec, change.before, node)
  await run.reverted(change)
}
