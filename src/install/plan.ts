import type { Action, Inspection } from '../actions/action.ts'
import { type ActionKind, actions } from '../actions/index.ts'
import type { Node } from '../node/node.ts'
import type { DesiredStep } from './step-makers.ts'

/** One change that has to be made. */
export type PlannedStep = DesiredStep & { title: string }

/** What stands in the way and is not edgekit's to replace. */
export interface Plan {
  /** In order; empty when the node is already as it should be. */
  steps: PlannedStep[]
  foreign: PlannedStep[]
}

/** The action of a step; its kind says which spec it takes, which TypeScript cannot follow through a lookup. */
export const actionOf = (kind: ActionKind): Action<DesiredStep['spec']> =>
  actions[kind] as unknown as Action<DesiredStep['spec']>

/** Look which of the desired steps are still to be done. Changes nothing. */
export async function makePlan(desired: readonly DesiredStep[], node: Node): Promise<Plan> {
  const inspections = await Promise.all(desired.map(({ kind, spec }) => actionOf(kind).inspect(spec, node)))
  const needed = new Set<string>()
  const plan: Plan = { steps: [], foreign: [] }
  for (const [index, step] of desired.entries()) {
    const inspection: Inspection = inspections[index] ?? 'needed'
    const planned = { ...step, title: actionOf(step.kind).describe(step.spec) }
    if (inspection === 'foreign') plan.foreign.push(planned)
    else if (inspection === 'needed' || step.because?.some(id => needed.has(id))) {
      needed.add(step.id)
      plan.steps.push(planned)
    }
  }
  return plan
}
