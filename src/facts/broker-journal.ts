import { units } from '../node/paths.ts'
import type { JournalLine } from '../node/systemd-journal.ts'
import type { Collector } from './collector.ts'
import { unitJournal } from './unit-journal.ts'

/** The last 100 lines of the broker's journal. */
export const brokerJournal: Collector<JournalLine[]> = {
  timeoutMs: 20_000,
  collect: node => unitJournal(node, units.broker, 100),
}
