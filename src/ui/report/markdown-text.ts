/** Escape text for a paragraph or table cell. */
export const plain = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~!&]/g, character => `\\${character}`)

/** Lines in a code block, whose fence is longer than any run of backticks in them. */
export function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines, fence, '']
}
