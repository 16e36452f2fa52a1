import type { Inspection } from '../../actions/action.ts'
import { freeOldVersion, oldVersion } from '../../actions/files/old-version.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { actionOf, titleOf } from '../record/action-of.ts'
import type { Change } from '../record/journal.ts'
import type { Past } from '../record/past.ts'
import { trustRecorded } from './trust-recorded.ts'

/** A change to make. */
export type PlannedStep = DesiredStep & { title: string }

export interface Plan {
  /** Changes of an interrupted run that are no longer desired, the last one first. */
  undo: Change[]
  /** In order; empty on a converged node. */
  steps: PlannedStep[]
  /** In the way, and not edgekit's to replace. */
  foreign: PlannedStep[]
  /** Foreign, and kept as it is because the user adopted it. */
  kept: PlannedStep[]
}

/** What to do about foreign things. */
export interface ForeignPolicy {
  /** Keep and use them. */
  adopt: boolean
  /** Ids of those to replace. */
  force: readonly string[]
}

/** Finds out which desired steps are still needed. Read-only. */
export async function makePlan(
  desired: readonly DesiredStep[],
  past: Past,
  node: Node,
  { adopt, force }: ForeignPolicy = { adopt: false, force: [] },
): Promise<Plan> {
  const changes = past.history?.changes ?? []
  const live = changes.filter(({ state }) => state !== 'reverted')
  const latest = (of: readonly Change[], id: string, what: 'touched' | 'done'): number =>
    Math.max(-1, ...of.filter(change => change.id === id).map(change => change[what]))
  const recorded = [...(past.receipt?.items ?? []), ...changes.filter(({ state }) => state === 'done')]
  const inspected = trustRecorded(recorded, node)
  const inspections = await Promise.all(desired.map(step => inspect(step, past, inspected)))
  const needed = new Set<string>()
  const isNeeded = ({ id, because }: DesiredStep, inspection: Inspection): boolean =>
    inspection === 'needed' ||
    // It may be half done in a way that does not show.
    live.some(change => change.id === id && change.state === 'begun') ||
    (because?.some(
      cause => needed.has(cause) || latest(changes, cause, 'touched') > latest(live, id, 'done'),
    ) ??
      false)
  const isDue = ({ id, ahead }: DesiredStep): boolean => {
    if (ahead === undefined || live.some(change => change.id === id)) return true
    const later = desired.findIndex(step => step.id === ahead)
    const [step, found] = [desired[later], inspections[later]]
    return step !== undefined && (isNeeded(step, found ?? 'needed') || force.includes(ahead))
  }
  const plan: Plan = { undo: [], steps: [], foreign: [], kept: [] }
  for (const [index, step] of desired.entries()) {
    const found = inspections[index] ?? 'needed'
    const inspection = found === 'foreign' && force.includes(step.id) ? 'needed' : found
    const planned = { ...step, title: await titleOf(step, node) }
    if (inspection === 'foreign') plan[adopt ? 'kept' : 'foreign'].push(planned)
    else if (isNeeded(step, inspection) && isDue(step)) {
      needed.add(step.id)
      if (found === 'foreign' && (await isEditedFile(step, past, node)))
        plan.steps.push(await keepOld(step.id, node.files))
      plan.steps.push(planned)
    }
  }
  const desiredIds = new Set(desired.map(({ id }) => id))
  plan.undo = live.filter(({ id, kind }) => !desiredIds.has(id) && kind !== oldVersion.kind).toReversed()
  return plan
}

/** A file of edgekit's that the user has edited. The receipt has a backup only of what was there before edgekit. */
const isEditedFile = async ({ id }: DesiredStep, { receipt }: Past, { files }: Node): Promise<boolean> =>
  receipt?.items.some(item => item.id === id && item.ownership !== 'adopted') === true &&
  (await files.status(id))?.kind === 'file'

async function keepOld(path: string, files: Files): Promise<PlannedStep> {
  const spec = { path, to: await freeOldVersion(path, files) }
  return { id: spec.to, kind: 'old-version', spec, title: oldVersion.describe(spec) }
}

/** Something edgekit once left as it is now is not foreign, even if something else belongs there now. */
async function inspect({ id, kind, spec }: DesiredStep, past: Past, node: Node): Promise<Inspection> {
  const inspection = await actionOf(kind).inspect(spec, node)
  if (inspection !== 'foreign') return inspection
  const items = past.receipt?.items.filter(({ ownership }) => ownership !== 'adopted') ?? []
  const ours = [...(past.history?.changes ?? []), ...items].filter(recorded => recorded.id === id)
  for (const { kind, spec } of ours) {
    if ((await actionOf(kind).inspect(spec, node)) !== 'foreign') return 'needed'
  }
  return 'foreign'
}
