/** The candidate closest to `word`, at most two typos away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const close = candidates
    .map(candidate => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits, candidate }) => edits <= Math.min(2, candidate.length - 1))
    .toSorted((a, b) => a.edits - b.edits)
  return close[0]?.candidate
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, char] of a.split('').entries()) {
    const next = [i + 1]
    for (const [j, other] of b.split('').entries()) {
      const [above = 0, left = 0, diagonal = 0] = [row[j + 1], next[j], row[j]]
      next.push(Math.min(above + 1, left + 1, diagonal + (char === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) as number
}
