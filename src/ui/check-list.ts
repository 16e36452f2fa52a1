import type { ListedCheck } from '../checks/check.ts'
import type { Explanation } from '../doctor/explain-check.ts'
import { paint, wrap } from './text.ts'

/** All checks by group. */
export function formatCheckList(checks: readonly ListedCheck[]): string {
  const longest = Math.max(...checks.map(({ id }) => id.length))
  return [...Map.groupBy(checks, ({ group }) => group)]
    .map(([group, members]) =>
      [
        paint('bold', group),
        ...members.map(({ id, title }) => {
          const [first = '', ...rest] = wrap(title, longest + 4).split('\n')
          return [`  ${id.padEnd(longest)}  ${first.trimStart()}`, ...rest].join('\n')
        }),
      ].join('\n'),
    )
    .join('\n\n')
}

/** The section of docs/checks.md as plain text. */
export function formatExplanation({ id, title, group, needs, text }: Explanation): string {
  // The pages that links lead to are not on a node.
  const plain = text.replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1')
  const paragraphs = plain.split(/\n{2,}/).map(paragraph =>
    // Lists and tables keep their lines.
    /^([|-]|\d\.) /m.test(paragraph)
      ? paragraph
      : wrap(paragraph.replaceAll('\n', ' ').replace(/\*(\S[^*]*)\*/g, '$1')),
  )
  const about = needs.length > 0 ? `${group}; needs ${needs.join(', ')}` : group
  return [
    `${paint('bold', id)}: ${title}`,
    paint('dim', wrap(`(${about})`)),
    '',
    paragraphs.join('\n\n'),
  ].join('\n')
}
