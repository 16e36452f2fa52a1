import type { JournalLine } from '../node/systemd-journal.ts'

const recentlyMs = 600_000
const restarted = /: Scheduled restart job, /
const ended = /: (Main process exited|Failed with result|Deactivated successfully)/

/**
 * How often systemd restarted a unit in the ten minutes before its last start; 0 when the last start was a manual one.
 * NRestarts is no substitute: it counts from the last `systemctl stop`, maybe a year ago, and continues when a user
 * restarts a unit between two automatic restarts (systemd 252 and 257).
 */
export function restarts(journal: readonly JournalLine[]): number {
  const events = journal.filter(({ pid, text }) => pid === 1 && (restarted.test(text) || ended.test(text)))
  const last = events.at(-1)
  if (!last || !restarted.test(last.text)) return 0
  return events.filter(({ text, time }) => restarted.test(text) && time > last.time - recentlyMs).length
}
