import type { SavedSupport } from '../doctor/support/save.ts'
import { formatBytes, plural } from '../lib/format.ts'
import { wrap } from './text.ts'

/** What a support archive contains, for the user who sends it. */
export function formatSaved({ file, bytes, missing, masked }: SavedSupport): string {
  const byRule = new Map<string, number>()
  for (const { rule, count } of masked) byRule.set(rule, (byRule.get(rule) ?? 0) + count)
  const hidden = [...byRule].map(([rule, count]) => `${rule} (${count})`)
  const lines = [`Wrote ${file}, ${formatBytes(bytes)}, readable only by you.`]
  if (missing.length > 0) {
    const names = missing.map(({ file }) => file).join(', ')
    lines.push(
      `${plural(missing.length, 'file')} could not be collected (reasons in contents.json): ${names}`,
    )
  }
  lines.push(hidden.length > 0 ? `Masked values: ${hidden.join(', ')}` : 'Masked values: none.')
  return lines.map(line => wrap(line)).join('\n')
}
