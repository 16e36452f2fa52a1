import type { Explanation } from '../doctor/explain-check.ts'
import { paint, wrap } from './text.ts'

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
