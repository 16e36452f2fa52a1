/** A line of the log, for the journal: an object in JSON. No values of devices, and no secrets. */
export interface LogLine {
  level: 'info' | 'warning' | 'error'
  /** A sentence for people. */
  message: string
  [detail: string]: string | number | boolean | undefined
}

export type Log = (line: LogLine) => void

const periodMs = 60_000
const mostPerPeriod = 20

/**
 * A log for what strangers can cause at any rate: it passes on 20 lines a minute, and then one with the number of those it
 * left out.
 */
export function limitedLog(log: Log, now: () => number = () => performance.now()): Log {
  let began = Number.NEGATIVE_INFINITY
  let count = 0
  return line => {
    if (now() - began >= periodMs) {
      const omitted = count - mostPerPeriod
      if (omitted > 0) log({ level: 'warning', message: 'messages like these were not logged', omitted })
      began = now()
      count = 0
    }
    count++
    if (count <= mostPerPeriod) log(line)
  }
}

/** Publish a JSON object with QoS 1; does nothing while the broker is away. */
export type Publish = (topic: string, payload: object) => void

/** A log whose warnings and errors are also published. */
export const alertingLog =
  (log: Log, publish: Publish): Log =>
  line => {
    log(line)
    if (line.level !== 'info') publish('system/alerts', { ...line, timestamp: Date.now() })
  }
