import type { LogRecord } from './klog.ts'

/** What one process of EdgeCore logged. */
export interface Start {
  records: LogRecord[]
  /** False when the log begins in the middle of this process's life. */
  fromTheBeginning: boolean
}

const version = (record: LogRecord): boolean =>
  record.file === 'server.go' && record.message.startsWith('Version: ')
const died = (record: LogRecord): boolean => record.severity === 'F' || record.severity === 'P'
const stopped = (record: LogRecord): boolean => record.message.startsWith('Get os signal ')

/**
 * Split a log per process of EdgeCore. A process is known by its id; where ids repeat (containers) or are missing (a
 * panic has none in its text), by the version line that opens it, or by a crash after the process before had ended.
 * A process that dies of its configuration never gets to print its version.
 */
export function splitStarts(records: readonly LogRecord[]): Start[] {
  const starts: Start[] = []
  let pid: number | undefined
  let hasVersion = false
  for (const record of records) {
    const current = starts.at(-1)
    const otherProcess = record.pid !== undefined && pid !== undefined && record.pid !== pid
    const secondVersion = version(record) && hasVersion
    const last = current?.records.at(-1)
    const afterTheEnd = record.severity === 'P' && record.pid === undefined && current?.records.some(stopped)
    const afterDeath = pid === undefined && last?.severity === 'P' && record.severity !== 'P'
    if (!current || otherProcess || secondVersion || afterTheEnd || afterDeath) {
      starts.push({ records: [record], fromTheBeginning: current !== undefined || opens(record) })
      pid = record.pid
      hasVersion = version(record)
    } else {
      current.records.push(record)
      pid ??= record.pid
      if (version(record)) {
        hasVersion = true
        // A warning about the configuration may stand before the version.
        current.fromTheBeginning = true
      }
    }
  }
  return starts
}

const opens = (record: LogRecord): boolean => version(record) || died(record)
