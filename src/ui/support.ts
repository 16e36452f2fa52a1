import type { SavedSupport } from '../doctor/support/save.ts'
import { formatBytes, plural } from '../lib/format.ts'
import { wrap } from './text.ts'

/** What went into a support archive, for a person who is to send it to somebody. */
export function formatSaved({ file, bytes, missing, masked }: SavedSupport): string {
  const byRule = new Map<string, number>()
  for (const { rule, count } of masked) byRule.set(rule, (byRule.get(rule) ?? 0) + count)
  const hidden = [...byRule].map(([rule, count]) => `${rule} (${count})`)
  const lines = [`Wrote ${file}, ${formatBytes(bytes)}, readable only by you.`]
  if (missing.length > 0) {
    const names = missing.map(({ file }) => file).join(', ')
    lines.push(`${plural(missing.length, 'piece')} could not be had (contents.json says why): ${names}`)
  }
  lines.push(hidden.length > 0 ? `Masked: ${hidden.join(', ')}` : 'Nothing in it had to be masked.')
  return lines.map(line => wrap(line)).join('\n')
}
