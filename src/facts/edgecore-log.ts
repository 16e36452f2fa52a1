import { type EdgecoreLogState, readEdgecoreLog } from '../edgecore/log/read-log.ts'
import { units } from '../node/paths.ts'
import type { Collector } from './collector.ts'
import { restarts } from './restarts.ts'
import { unitJournal } from './unit-journal.ts'

export interface EdgecoreLogFacts extends EdgecoreLogState {
  /** How often systemd has recently restarted it. */
  restarts: number
}

/** What EdgeCore logged since its last start. */
export const edgecoreLog: Collector<EdgecoreLogFacts> = {
  timeoutMs: 20_000,
  async collect(node) {
    const lines = await unitJournal(node, units.edgecore, 2000)
    return { ...readEdgecoreLog(lines, { now: new Date() }), restarts: restarts(lines) }
  },
}
