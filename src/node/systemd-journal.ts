import { stripVTControlCharacters } from 'node:util'
import type { Processes } from './processes/processes.ts'

export interface JournalLine {
  /** Milliseconds since 1970. */
  time: number
  pid: number
  text: string
  /** The unit that wrote it, or that systemd wrote about; undefined when journalctl was not asked for it. */
  unit?: string
}

export interface Journal {
  /** The last lines of a unit since the machine started, oldest first; of all writers, or only of systemd about the unit. */
  lines(unit: string, options: { max: number; of?: 'all' | 'systemd' }): Promise<JournalLine[]>
}

interface Entry {
  /** Microseconds since the epoch. */
  __REALTIME_TIMESTAMP: string
  _PID?: string
  MESSAGE: string | number[] | null
  _SYSTEMD_UNIT?: string
  UNIT?: string
}

/** Parse `journalctl --output=json`: one object per line. MESSAGE is an array of bytes unless it is valid UTF-8. */
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
      // Clients can make a program log anything, such as their names in the broker's log, and this text is shown to users.
      // The unit of systemd's own lines is `init.scope`, and UNIT is what they are about.
      const unit = entry.UNIT ?? entry._SYSTEMD_UNIT
      return {
        time,
        pid: Number(entry._PID ?? 0),
        text: stripVTControlCharacters(message),
        ...(unit !== undefined && { unit }),
      }
    })
}

export function localJournal(processes: Processes): Journal {
  return {
    async lines(unit, { max, of = 'all' }) {
      const args = ['--boot', `--unit=${unit}`, '--output=json', '--no-pager', '--quiet', `--lines=${max}`]
      args.push('--output-fields=MESSAGE,_PID')
      if (of === 'systemd') args.push('_PID=1')
      const { stdout } = await processes.run('journalctl', args, { timeoutMs: 20_000 })
      return parseJournal(stdout)
    },
  }
}
