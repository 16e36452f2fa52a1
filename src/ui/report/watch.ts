import type { Report } from '../../doctor/report-schema.ts'
import { formatEach } from '../findings.ts'
import { paint } from '../text.ts'

/** The changes between two reports; undefined when there are none. */
export function formatChanges(before: Report, now: Report): string | undefined {
  const old = new Map(before.checks.map(({ id, status }) => [id, status]))
  const changed = now.checks.filter(({ id, status }) => old.get(id) !== status)
  if (changed.length === 0) return undefined
  return `${paint('dim', new Date(now.at).toLocaleTimeString('sv'))}\n${formatEach(changed)}`
}
