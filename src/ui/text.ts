import { styleText } from 'node:util'
import { colorMark, shownLength } from './color-marks.ts'

/**
 * Output width in columns: COLUMNS, as for other programs, or that of the terminal, at most 120, because longer lines are hard
 * to read. 80, the width of a serial console, in a pipe and in a terminal without a size.
 */
export function width(): number {
  const asked = Number(process.env['COLUMNS'])
  const columns = Number.isInteger(asked) && asked > 0 ? asked : process.stdout.columns
  return Math.min(Math.max(columns || 80, 20), 120)
}

/**
 * Break a text into lines of at most `width()` columns. Each line starts with `indent` blanks and the leading blanks of its
 * paragraph. Longer words, such as digests, are not broken.
 */
export function wrap(text: string, indent = 0): string {
  const most = width()
  return text
    .split('\n')
    .map(paragraph => {
      const margin = ' '.repeat(indent + paragraph.search(/\S|$/))
      const lines = ['']
      for (const word of paragraph.trimStart().split(' ')) {
        const line = lines.at(-1) ?? ''
        if (line && margin.length + shownLength(line) + 1 + shownLength(word) > most) lines.push(word)
        else lines[lines.length - 1] = line ? `${line} ${word}` : word
      }
      return lines.map(line => (line ? margin + line : '')).join('\n')
    })
    .join('\n')
}

type Color = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

/**
 * Mark text for color on a terminal, which `print` turns into control sequences; plain text in a pipe, a file or with
 * NO_COLOR (util.styleText checks the stream).
 */
export function paint(color: Color, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const [on, off] = [...styleText(color, '', { stream }).matchAll(/\d+/g)].map(([code]) => colorMark(code))
  return on === undefined || off === undefined ? text : `${on}${text}${off}`
}

/** Rows in columns as wide as their longest cell, two blanks apart. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => shownLength(row[column] ?? ''))),
  )
  return rows
    .map(row =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - shownLength(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A value with its name before it, and blanks below the name. */
export function formatField(name: string, value: string): string {
  const [first = '', ...rest] = wrap(value, 15).split('\n')
  return [`  ${name.padEnd(12)} ${first.trimStart()}`, ...rest].join('\n')
}

/** Ids with their titles, by group. */
export function formatGroupedList(items: readonly { id: string; title: string; group: string }[]): string {
  const longest = Math.max(...items.map(({ id }) => id.length))
  return [...Map.groupBy(items, ({ group }) => group)]
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
