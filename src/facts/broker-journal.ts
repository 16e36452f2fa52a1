import type { JournalLine } from '../node/journal.ts'
import { units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** The last 100 lines of the broker's journal. */
export const brokerJournal: Collector<JournalLine[]> = {
  name: 'brokerJournal',
  timeoutMs: 20_000,
  collect: node => node.journal.lines(units.broker, { max: 100 }),
}
