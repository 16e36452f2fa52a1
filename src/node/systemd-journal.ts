import { stripVTControlCharacters } from 'node:util'
import type { Processes } from './processes/processes.ts'

export interface JournalLine {
  /** When it was written, milliseconds since 1970. */
  time: number
  pid: number
  text: string
}

export interface Journal {
  /** The last lines of a unit since this boot, oldest first. */
  lines(unit: string, options: { max: number }): Promise<JournalLine[]>
}

interface Entry {
  /** Microseconds since the epoch. */
  __REALTIME_TIMESTAMP: string
  _PID?: string
  MESSAGE: string | number[] | null
}

/** Read `journalctl --output=json`: one object a line; MESSAGE is an array of bytes when it is not valid UTF-8. */
export function parseJournal(text: string): JournalLine[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map(line => {
      const entry = JSON.parse(line) as Entry
      const message = Array.isArray(entry.MESSAGE)
        ? Buffer.from(entry.MESSAGE).toString()
        : (entry.MESSAGE ?? '')
      const time = Number(entry.__REALTIME_TIMESTAMP) / 1000
      // It may be shown to the user, and say what anybody made a program log: a client's name in the broker's log.
      return { time, pid: Number(entry._PID ?? 0), text: stripVTControlCharacters(message) }
    })
}

export function localJournal(processes: Processes): Journal {
  return {
    async lines(unit, { max }) {
      const args = ['--boot', `--unit=${unit}`, '--output=json', '--no-pager', '--quiet', `--lines=${max}`]
      args.push('--output-fields=MESSAGE,_PID')
      const { stdout } = await processes.run('journalctl', args, { timeoutMs: 20_000 })
      return parseJournal(stdout)
    },
  }
}
