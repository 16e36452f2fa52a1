import { isKlog, withTimes } from '../edgecore/log/klog.ts'
import type { LogLine } from '../edgecore/log/log-line.ts'
import { type EdgecoreLogState, readEdgecoreLog } from '../edgecore/log/read-log.ts'
import { readSavedLog } from '../edgecore/log/saved-log.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'
import type { UnitState } from '../node/systemd.ts'
import type { JournalLine } from '../node/systemd-journal.ts'
import type { Collector } from './collector.ts'
import { logSourceOf } from './edgecore-log-source.ts'
import { restarts } from './restarts.ts'
import { unitJournal } from './unit-journal.ts'

export interface EdgecoreLogFacts extends EdgecoreLogState {
  /** How often systemd has recently restarted it; undefined when the journal has nothing about the unit. */
  restarts: number | undefined
  /** What systemd logged about its last end by itself. */
  lastEnd?: string
  /** The file it logs to, if that is not the journal. */
  file?: string
  /** Why its log cannot be read. */
  unseen?: string
}

const maxLines = 2000
const maxBytes = 400_000

/** What EdgeCore logged since its last start, in the journal or in the file that its unit names. */
export const edgecoreLog: Collector<EdgecoreLogFacts> = {
  timeoutMs: 20_000,
  async collect(node) {
    const now = new Date()
    const [unit, journal] = await Promise.all([
      node.systemd.unit(units.edgecore),
      unitJournal(node, units.edgecore, maxLines),
    ])
    const source = logSourceOf(unit, await unitFiles(unit, node))
    const file = source.kind === 'file' ? await readLogFile(node, source.path) : undefined
    const lines = file ? merge(withTimes(file, now), journal) : journal
    // EdgeCore may have logged so much that the lines of systemd are no longer among the last ones.
    const about =
      journal.length < maxLines
        ? journal
        : await node.journal.lines(units.edgecore, { max: 100, of: 'systemd' })
    const lastEnd = about.findLast(({ pid, text }) => pid === 1 && ended.test(text))?.text
    const unseen =
      source.kind === 'unseen'
        ? source.reason
        : source.kind === 'file' && !file
          ? `${source.path} does not exist`
          : undefined
    return {
      ...readEdgecoreLog(lines, { now }),
      restarts: journal.length === 0 ? undefined : restarts(about),
      ...(lastEnd !== undefined && { lastEnd }),
      ...(source.kind === 'file' && { file: source.path }),
      ...(unseen !== undefined && { unseen }),
    }
  },
}

const ended = /: Main process exited, /

async function unitFiles({ fragmentPath, dropIns }: UnitState, { files }: Node): Promise<string> {
  const paths = [fragmentPath, ...dropIns].filter(path => path !== '')
  const texts = await Promise.all(paths.map(path => files.read(path)))
  return texts.map(text => text ?? '').join('\n')
}

async function readLogFile({ files }: Node, path: string): Promise<LogLine[] | undefined> {
  const bytes = await files.tail(path, maxBytes)
  return bytes && readSavedLog(bytes)
}

/** klog's errors are in the journal too; panics and systemd's lines are only there, unless standard error is the file. */
const merge = (file: readonly LogLine[], journal: readonly JournalLine[]): LogLine[] =>
  [...file, ...journal.filter(line => !isKlog(line))].toSorted(
    ({ time: one = 0 }, { time: other = 0 }) => one - other,
  )
