import { type EdgecoreLogState, readEdgecoreLog } from '../edgecore/log.ts'
import { units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** What EdgeCore's journal says of its last start. */
export const edgecoreLog: Collector<EdgecoreLogState> = {
  name: 'edgecoreLog',
  timeoutMs: 20_000,
  collect: async node =>
    readEdgecoreLog(await node.journal.lines(units.edgecore, { max: 2000 }), { now: new Date() }),
}
