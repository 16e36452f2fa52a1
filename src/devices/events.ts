import type { InboxEvents } from './ingest/inbox.ts'
import type { ConnectionEvents } from './ingest/stay-connected.ts'
import { type Log, limitedLog } from './log.ts'
import { isDead, isReport } from './messages/message.ts'
import type { DevicePresence } from './presence/device-presence.ts'
import type { RecentCount } from './recent-count.ts'

export interface Totals {
  received: number
  /** Reports in the database. */
  stored: number
  /** Reports that the history already had. */
  duplicates: number
  deadLetters: number
  /** QoS 0 messages that found no place while the database was away. */
  dropped: number
}

interface Observed {
  totals: Totals
  deadLetters: RecentCount
  presence: DevicePresence
  settle: (requestIds: readonly string[]) => void
  log: Log
}

/** Count and log what happens to messages, and pass it on. */
export const inboxEvents = ({
  totals,
  deadLetters: recent,
  presence,
  settle,
  log,
}: Observed): InboxEvents => {
  const limited = limitedLog(log)
  return {
    written({ stored, duplicates, deadLetters, unknown, answered }, batch) {
      totals.stored += stored
      totals.duplicates += duplicates
      totals.deadLetters += deadLetters
      recent.add(deadLetters)
      settle(answered)
      presence.observe(batch.filter(isReport).filter(({ device }) => !unknown.includes(device)))
      for (const message of batch)
        if (isDead(message))
          limited({ level: 'warning', message: 'not stored', reason: message.reason, topic: message.topic })
      for (const device of unknown) limited({ level: 'warning', message: 'the device is unknown', device })
    },
    databaseAway(reason) {
      presence.suspend('database')
      log({ level: 'error', message: 'the database cannot be used; messages wait on the broker', reason })
    },
    databaseBack() {
      presence.resume('database')
      log({ level: 'info', message: 'the database works again' })
    },
  }
}

/** Log what happens to the connection. */
export const connectionEvents = (log: Log): ConnectionEvents => ({
  connected({ resumed }, isFirst) {
    // The first start, or a broker that lost its sessions.
    if (resumed) log({ level: 'info', message: 'connected to the broker; the session continues' })
    else if (isFirst) log({ level: 'info', message: 'connected to the broker with a new session' })
    else
      log({
        level: 'warning',
        message: 'connected to the broker, which has lost the session: messages of the outage may be missing',
      })
  },
  unreachable(reason) {
    log({ level: 'warning', message: 'not connected to the broker; retrying', reason })
  },
})
