import type { JournalLine } from '../node/systemd-journal.ts'

const recentlyMs = 600_000
const again = /: Scheduled restart job, /
const ended = /: (Main process exited|Failed with result|Deactivated successfully)/

/**
 * How often systemd itself has started a unit again in the ten minutes up to its present start; 0 when somebody else
 * started it last. NRestarts does not say so: it counts from the last orderly stop, maybe a year ago, and goes on
 * counting when somebody restarts a unit between two attempts (systemd 252 and 257).
 */
export function restarts(journal: readonly JournalLine[]): number {
  const told = journal.filter(({ pid, text }) => pid === 1 && (again.test(text) || ended.test(text)))
  const last = told.at(-1)
  if (!last || !again.test(last.text)) return 0
  return told.filter(({ text, time }) => again.test(text) && time > last.time - recentlyMs).length
}
