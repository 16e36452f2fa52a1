/** The rows of a table as `ctr` prints it: columns start where their headings start. */
export function parseTable(text: string): Record<string, string>[] {
  const [header = '', ...rows] = text.trimEnd().split('\n')
  const columns = [...header.matchAll(/\S+/g)].map(match => ({ name: match[0], start: match.index }))
  return rows.map(row =>
    Object.fromEntries(
      columns.map(({ name, start }, index) => [name, row.slice(start, columns[index + 1]?.start).trim()]),
    ),
  )
}
