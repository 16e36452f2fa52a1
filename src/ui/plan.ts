import type { PlannedChange, PlanReport } from '../install/plan/plan-report.ts'
import { plural } from '../lib/format.ts'
import { paint, wrap } from './text.ts'

const sized = (file: { size: number; sha256: string } | undefined): string =>
  file ? `${file.size} bytes, sha256 ${file.sha256}` : 'not there'

function colour(line: string): string {
  if (line.startsWith('+')) return paint('green', line)
  return line.startsWith('-') ? paint('red', line) : line
}

function details({ file }: PlannedChange): string[] {
  if (!file) return []
  const { diff, before, after } = file
  if (diff === undefined) return [`  old: ${sized(before)}`, `  new: ${sized(after)}`]
  if (diff === '') return ['  the same content, with another mode or owner']
  return diff.trimEnd().split('\n').map(colour)
}

/** What would be done, each change with what it makes of its file. */
export function formatPlan({ undo, changes, kept }: PlanReport): string {
  const count = undo.length + changes.length
  return [
    ...kept.map(id => wrap(`Stays as it is, whoever it is from: ${id}`)),
    ...undo.map(title => paint('bold', `Undo: ${title}`)),
    ...changes.flatMap(change => [paint('bold', change.title), ...details(change)]),
    '',
    count === 0
      ? 'Nothing to do: this node is already as the bundle says.'
      : `${plural(count, 'change')} to make. Nothing has been changed.`,
  ].join('\n')
}

/** What a person is asked before the first change. */
export const question = ({ undo, changes }: PlanReport): string =>
  `\nMake ${plural(undo.length + changes.length, 'change')} on this node? --dry-run shows them.`
