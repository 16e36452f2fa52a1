import type { PlannedChange, PlanReport } from '../install/plan/plan-report.ts'
import { plural } from '../lib/format.ts'
import { paint, wrap } from './text.ts'

const sized = (file: { size: number; sha256: string } | undefined): string =>
  file ? `${file.size} bytes, sha256 ${file.sha256}` : 'none'

function colored(line: string): string {
  if (line.startsWith('+')) return paint('green', line)
  return line.startsWith('-') ? paint('red', line) : line
}

function details({ file }: PlannedChange): string[] {
  if (!file) return []
  const { diff, before, after } = file
  if (diff === undefined) return [`  old: ${sized(before)}`, `  new: ${sized(after)}`]
  if (diff === '') return ['  same content, different mode or owner']
  return diff.trimEnd().split('\n').map(colored)
}

export const keptLine = (id: string): string => wrap(`Keeping existing ${id}`)

/** A plan; with `diff` also what each change does to its file. */
export function formatPlan({ undo, changes, kept }: PlanReport, { diff }: { diff: boolean }): string {
  const title = (text: string): string => (diff ? paint('bold', text) : text)
  const count = undo.length + changes.length
  const lines = [
    ...kept.map(keptLine),
    ...undo.map(undone => title(`Roll back: ${undone}`)),
    ...changes.flatMap(change => [title(change.title), ...(diff ? details(change) : [])]),
  ]
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    count === 0
      ? upToDate
      : `${plural(count, 'change')} planned. Nothing was changed.${diff ? '' : ' Add --diff to see the contents.'}`,
  ].join('\n')
}

export const noteLines = (notes: readonly string[]): string[] => notes.map(note => wrap(`Note: ${note}.`))

export const upToDate = 'Nothing to do: this node is up to date.'

/** Asked before the first change. */
export const question = ({ undo, changes }: PlanReport, notes: readonly string[]): string =>
  `\n${noteLines(notes)
    .map(line => `${line}\n`)
    .join('')}Make ${plural(undo.length + changes.length, 'change')} on this node? (--dry-run shows them)`
