/** One line of a benchmark: how `ours` compares with `reference`. Without a budget a row only informs. */
export interface Row {
  what: string
  ours: string
  reference: string
  /** ours / reference: lower is better. */
  ratio: number
  budget?: number
}

export const missed = ({ ratio, budget }: Row): boolean => budget !== undefined && !(ratio <= budget)

/** The rows as an aligned table. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'ours', 'reference', 'ratio', 'budget', 'verdict'],
    ...rows.map(row => [
      row.what,
      row.ours,
      row.reference,
      row.ratio.toFixed(2),
      row.budget?.toFixed(2) ?? '',
      row.budget === undefined ? '' : missed(row) ? 'MISSED' : 'ok',
    ]),
  ]
  const widths = (cells[0] as string[]).map((_, column) =>
    Math.max(...cells.map(line => (line[column] as string).length)),
  )
  const line = (texts: string[]): string =>
    texts
      .map((text, column) => text.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd()
  return `${cells.map(line).join('\n')}\n`
}
