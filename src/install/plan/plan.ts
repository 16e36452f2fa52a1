import type { Inspection } from '../../actions/action.ts'
import type { Node } from '../../node/node.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { actionOf } from '../record/action-of.ts'
import type { Change, History } from '../record/journal.ts'
import type { Receipt } from '../record/receipt.ts'
import { trustReceiptHashes } from './trust-receipt-hashes.ts'

/** One change that has to be made. */
export type PlannedStep = DesiredStep & { title: string }

/** What stands in the way and is not edgekit's to replace. */
export interface Plan {
  /** What an interrupted run has done and is not wanted any more, the last change first. */
  undo: Change[]
  /** In order; empty when the node is already as it should be. */
  steps: PlannedStep[]
  foreign: PlannedStep[]
  /** Somebody else's too, and it stays as it is, because the person said so. */
  kept: PlannedStep[]
}

/** What the person said about things of somebody else. */
export interface Leave {
  /** They stay, and are used as they are. */
  adopt: boolean
  /** Ids of those that are replaced. */
  force: readonly string[]
}

/** What edgekit did to this node before. */
export interface Past {
  /** Of a run that was interrupted. */
  history: History | undefined
  receipt: Receipt | undefined
}

/** Look which of the desired steps are still to be done. Changes nothing. */
export async function makePlan(
  desired: readonly DesiredStep[],
  past: Past,
  node: Node,
  { adopt, force }: Leave = { adopt: false, force: [] },
): Promise<Plan> {
  const changes = past.history?.changes ?? []
  const live = changes.filter(({ state }) => state !== 'reverted')
  const latest = (of: readonly Change[], id: string, what: 'touched' | 'done'): number =>
    Math.max(-1, ...of.filter(change => change.id === id).map(change => change[what]))
  const looking = { ...node, files: trustReceiptHashes(past.receipt?.items ?? [], node.files) }
  const inspections = await Promise.all(desired.map(step => inspect(step, past, looking)))
  const needed = new Set<string>()
  const isNeeded = ({ id, because }: DesiredStep, inspection: Inspection): boolean =>
    inspection === 'needed' ||
    // It may be half done, in a way that does not show.
    live.some(change => change.id === id && change.state === 'begun') ||
    (because?.some(
      cause => needed.has(cause) || latest(changes, cause, 'touched') > latest(live, id, 'done'),
    ) ??
      false)
  const plan: Plan = { undo: [], steps: [], foreign: [], kept: [] }
  for (const [index, step] of desired.entries()) {
    const found = inspections[index] ?? 'needed'
    const inspection = found === 'foreign' && force.includes(step.id) ? 'needed' : found
    const planned = { ...step, title: actionOf(step.kind).describe(step.spec) }
    if (inspection === 'foreign') plan[adopt ? 'kept' : 'foreign'].push(planned)
    else if (isNeeded(step, inspection)) {
      needed.add(step.id)
      plan.steps.push(planned)
    }
  }
  const wanted = new Set(desired.map(({ id }) => id))
  plan.undo = live.filter(({ id }) => !wanted.has(id)).toReversed()
  return plan
}

/** What is as edgekit once left it is edgekit's, and not foreign, even if something else belongs there now. */
async function inspect({ id, kind, spec }: DesiredStep, past: Past, node: Node): Promise<Inspection> {
  const inspection = await actionOf(kind).inspect(spec, node)
  if (inspection !== 'foreign') return inspection
  const items = past.receipt?.items.filter(({ ownership }) => ownership !== 'adopted') ?? []
  const ours = [...(past.history?.changes ?? []), ...items].filter(known => known.id === id)
  for (const known of ours) {
    if ((await actionOf(known.kind).inspect(known.spec, node)) !== 'foreign') return 'needed'
  }
  return 'foreign'
}
