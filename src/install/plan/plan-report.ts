import { createHash } from 'node:crypto'
import type { Preview, Shown } from '../../actions/files/preview.ts'
import { unifiedDiff } from '../../lib/unified-diff.ts'
import type { Node } from '../../node/node.ts'
import { actionOf, changeTitle } from '../record/action-of.ts'
import type { Plan, PlannedStep } from './plan.ts'

interface FileChange {
  path: string
  /** Unified diff; empty when only mode or owner change. Absent for binary files. */
  diff?: string
  before?: { size: number; sha256: string }
  after?: { size: number; sha256: string }
}

export interface PlannedChange {
  id: string
  kind: string
  title: string
  file?: FileChange
}

/** A plan as plain data without secrets. */
export interface PlanReport {
  /** Titles of changes of an interrupted install that are reverted first. */
  undo: string[]
  changes: PlannedChange[]
  /** Ids of foreign things that are kept. */
  kept: string[]
}

/** Describes a plan with a diff of every file. Read-only. */
export async function reportPlan(plan: Plan, node: Node): Promise<PlanReport> {
  return {
    undo: plan.undo.map(changeTitle),
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
