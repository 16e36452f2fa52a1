import { createHash } from 'node:crypto'
import type { Preview, Shown } from '../../actions/files/preview.ts'
import { unifiedDiff } from '../../lib/unified-diff.ts'
import type { Node } from '../../node/node.ts'
import { actionOf } from '../record/action-of.ts'
import type { Plan, PlannedStep } from './plan.ts'

interface FileChange {
  path: string
  /** Unified diff; empty when only mode or owner change. Absent where one of the two is no text. */
  diff?: string
  before?: { size: number; sha256: string }
  after?: { size: number; sha256: string }
}

/** One change of a plan, as data. */
export interface PlannedChange {
  id: string
  kind: string
  title: string
  file?: FileChange
}

/** What an install would do: plain data without secrets. */
export interface PlanReport {
  /** Undone first: what an interrupted install did and nobody wants any more. */
  undo: string[]
  changes: PlannedChange[]
  /** Somebody else's, which stays as it is. */
  kept: string[]
}

/** Describe a plan with what it makes of every file. Only looks. */
export async function reportPlan(plan: Plan, node: Node): Promise<PlanReport> {
  return {
    undo: plan.undo.map(({ kind, spec }) => actionOf(kind).describe(spec)),
    changes: await Promise.all(plan.steps.map(step => plannedChange(step, node))),
    kept: plan.kept.map(({ id }) => id),
  }
}

async function plannedChange({ id, kind, title, spec }: PlannedStep, node: Node): Promise<PlannedChange> {
  const preview = await actionOf(kind).preview?.(spec, node)
  return { id, kind, title, ...(preview && { file: fileChange(preview) }) }
}

const textOf = (shown: Shown | undefined): string | undefined =>
  shown && 'text' in shown ? shown.text : undefined

const sized = (shown: Shown): { size: number; sha256: string } =>
  'text' in shown
    ? { size: Buffer.byteLength(shown.text), sha256: createHash('sha256').update(shown.text).digest('hex') }
    : shown

function fileChange({ path, before, after }: Preview): FileChange {
  const old = textOf(before)
  const text = textOf(after)
  if (text !== undefined && (before === undefined || old !== undefined))
    return { path, diff: old === text ? '' : unifiedDiff(path, old, text) }
  return {
    path,
    ...(before && { before: sized(before) }),
    after: sized(after),
  }
}
