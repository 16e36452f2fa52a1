import { type EdgecoreConfigSpec, isAsLeft } from '../../actions/files/edgecore-config.ts'
import type { Node } from '../../node/node.ts'
import type { Past } from '../record/past.ts'
import type { DesiredStep } from './step-makers.ts'

/**
 * Marks an edgecore.yaml that the user has changed since edgekit last wrote it; what EdgeCore writes in it is no change. An
 * install sets its keys and leaves the rest, so afterwards only this mark shows that the file is not all of edgekit's. Read-only.
 */
export const markEdited = (steps: readonly DesiredStep[], past: Past, node: Node): Promise<DesiredStep[]> =>
  Promise.all(
    steps.map(async step =>
      step.kind === 'edgecore-config' && (await isEdited(step.spec.path, past, node))
        ? { ...step, spec: { ...step.spec, edited: true as const } }
        : step,
    ),
  )

async function isEdited(path: string, { receipt, history }: Past, node: Node): Promise<boolean> {
  if (!(await node.files.status(path))) return false
  const item = receipt?.items.find(({ id, ownership }) => id === path && ownership !== 'adopted')
  const change = history?.changes.findLast(({ id, state }) => id === path && state !== 'reverted')
  const last = change ?? item
  if (!last) return false
  if ((last.spec as EdgecoreConfigSpec).edited) return true
  // A write that was interrupted may have replaced the file or not: both are edgekit's doing.
  return change?.state !== 'begun' && !(await isAsLeft(path, last.after, node))
}
