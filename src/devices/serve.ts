import type { BrokerEndpoint } from '../broker/connect.ts'
import { aborted, deadline } from '../lib/deadline.ts'
import { messageOf } from '../lib/errors.ts'
import { batchSize, Inbox, type InboxEvents, type Source } from './ingest/inbox.ts'
import type { Arrival, Session } from './ingest/session.ts'
import { type ConnectionEvents, stayConnected } from './ingest/stay-connected.ts'
import { alertingLog, type Log, limitedLog, type Publish } from './log.ts'
import { isDead, isReport } from './messages/message.ts'
import { messageReader } from './messages/read-message.ts'
import { filterOf } from './messages/topics.ts'
import { type DevicePresence, startPresence } from './presence/device-presence.ts'
import type { DevicesSettings } from './settings.ts'
import type { Store } from './store/store.ts'

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

/** A stop takes less than 5 s: this for the database, and half a second for the broker. */
const lastBatchMs = 3_000
const expireHistoryEveryMs = 60_000
const expireLeasesEveryMs = 500
const dayMs = 24 * 3_600_000

interface Service {
  settings: DevicesSettings
  endpoint: BrokerEndpoint
  store: Store
  log: Log
}

/**
 * Run the service until `signal`: then store what has arrived, acknowledge it, and disconnect. Throws EdgekitError when the
 * broker refuses the client at start.
 */
export async function serveDevices(service: Service, signal: AbortSignal): Promise<Totals> {
  const { settings, endpoint, store } = service
  let session: Session | undefined
  const publish: Publish = (topic, payload) => session?.publish(topic, JSON.stringify(payload))
  const log = alertingLog(service.log, publish)
  const totals: Totals = { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 }
  const presence = await startPresence(settings, store, publish, log)
  const inbox = new Inbox(store, inboxEvents(totals, presence, log))
  const read = messageReader(settings.topics)
  const { clientId, sessionHours } = settings.broker
  const options = {
    endpoint,
    clientId,
    expirySeconds: sessionHours * 3600,
    // One batch is written while the next one arrives.
    receiveMaximum: 2 * batchSize,
    filters: [...new Set(settings.topics.map(filterOf))],
    store,
    onArrival(arrival: Arrival, source: Source): void {
      totals.received++
      const { packetId } = arrival
      const message = read({ ...arrival, receivedAt: Date.now() })
      if (!inbox.add({ message, source, packetId })) totals.dropped++
    },
    onClosed(source: Source): void {
      session = undefined
      inbox.forget(source)
      presence.suspend('broker')
    },
  }
  const events = connectionEvents(log)
  const connected = (opened: Session, isFirst: boolean): void => {
    session = opened
    presence.resume('broker')
    events.connected(opened, isFirst)
  }
  const disconnect = new AbortController()
  const giveUp = new AbortController()
  const writing = inbox.run(giveUp.signal)
  const connection = stayConnected(options, { ...events, connected }, disconnect.signal)
  const timers = [
    setInterval(() => presence.expire(), expireLeasesEveryMs),
    setInterval(() => void expireHistory(store, settings, log), expireHistoryEveryMs),
  ]
  try {
    await Promise.race([connection, writing, aborted(signal)])
  } finally {
    for (const timer of timers) clearInterval(timer)
    using end = deadline(lastBatchMs)
    void end.passed.then(() => giveUp.abort())
    inbox.stop()
    // Without a connection there is nothing to acknowledge.
    if (session === undefined) disconnect.abort()
    await writing.catch(() => undefined)
    disconnect.abort()
    await connection.catch(() => undefined)
    await presence.stop()
  }
  return totals
}

const inboxEvents = (totals: Totals, presence: DevicePresence, log: Log): InboxEvents => {
  const limited = limitedLog(log)
  return {
    written({ stored, duplicates, deadLetters, unknown }, batch) {
      totals.stored += stored
      totals.duplicates += duplicates
      totals.deadLetters += deadLetters
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

const connectionEvents = (log: Log): ConnectionEvents => ({
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

async function expireHistory(store: Store, { historyDays }: DevicesSettings, log: Log): Promise<void> {
  if (historyDays === undefined) return
  await store.expireHistory(Date.now() - historyDays * dayMs).catch(error => {
    log({ level: 'warning', message: 'cannot delete old history', reason: messageOf(error) })
  })
}
