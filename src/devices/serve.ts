import type { BrokerEndpoint } from '../broker/connect.ts'
import { aborted, deadline } from '../lib/deadline.ts'
import { messageOf } from '../lib/errors.ts'
import { formatMetrics } from './api/metrics.ts'
import type { Api } from './api/routes.ts'
import { serveApi } from './api/server.ts'
import { Commands } from './commands/commands.ts'
import { connectionEvents, inboxEvents, type Totals } from './events.ts'
import { batchSize, Inbox, type Source } from './ingest/inbox.ts'
import type { Arrival, Session } from './ingest/session.ts'
import { stayConnected } from './ingest/stay-connected.ts'
import { alertingLog, type Log, limitedLog, type Publish } from './log.ts'
import { messageReader } from './messages/read-message.ts'
import { filterOf } from './messages/topics.ts'
import { type DevicePresence, startPresence } from './presence/device-presence.ts'
import { RecentCount } from './recent-count.ts'
import type { DevicesSettings } from './settings.ts'
import type { Store } from './store/store.ts'

/** A stop takes less than 5 s: this for the database, and half a second each for HTTP and for the broker. */
const lastBatchMs = 3_000
const removeOldEveryMs = 60_000
const expireLeasesEveryMs = 500
const dayMs = 24 * 3_600_000
/** How long the state of a command can be asked for, and its request id not be used again. */
const commandDays = 30

interface Service {
  settings: DevicesSettings
  endpoint: BrokerEndpoint
  store: Store
  /** For the HTTP interface. */
  token: string
  log: Log
}

/**
 * Run the service until `signal`: then store what has arrived, acknowledge it, and disconnect. Throws EdgekitError when the
 * broker refuses the client at start, or when HTTP cannot be served.
 */
export async function serveDevices(service: Service, signal: AbortSignal): Promise<Totals> {
  const { settings, endpoint, store, token } = service
  let session: Session | undefined
  const isConnected = (): boolean => session !== undefined
  const publish: Publish = (topic, payload) => session?.publish(topic, JSON.stringify(payload))
  const log = alertingLog(service.log, publish)
  const totals: Totals = { received: 0, stored: 0, duplicates: 0, deadLetters: 0, dropped: 0 }
  const presence = await startPresence(settings, store, publish, log)
  const deadLetters = new RecentCount()
  const commands = new Commands({
    ...settings.commands,
    store: store.commands,
    isConnected,
    publish: request => session?.request(request),
  })
  const inbox = new Inbox(
    store,
    inboxEvents({ totals, deadLetters, presence, settle: ids => commands.settle(ids), log }),
  )
  const topics = [...settings.topics, { topic: settings.commands.responseTopic, kind: 'response' as const }]
  const read = messageReader(topics)
  const { clientId, sessionHours } = settings.broker
  const denied = new Set<string>()
  const options = {
    endpoint,
    clientId,
    expirySeconds: sessionHours * 3600,
    // One batch is written while the next one arrives.
    receiveMaximum: 2 * batchSize,
    filters: [...new Set(topics.map(filterOf))],
    store,
    onArrival(arrival: Arrival, source: Source): void {
      totals.received++
      const { packetId } = arrival
      const message = read({ ...arrival, receivedAt: Date.now() })
      if (!inbox.add({ message, source, packetId })) totals.dropped++
    },
    onDenied(topic: string): void {
      // Not as an alert, which would be denied, too.
      if (!denied.has(topic))
        service.log({ level: 'warning', message: 'the broker does not let the service publish', topic })
      denied.add(topic)
    },
    onClosed(source: Source): void {
      session = undefined
      inbox.forget(source)
      presence.suspend('broker')
    },
  }
  const statuses = new Map<number, number>()
  const api = apiOf({
    settings,
    store,
    commands,
    presence,
    inbox,
    totals,
    deadLetters,
    statuses,
    isConnected,
  })
  const server = await serveApi({ ...settings.http, token, api, statuses, log: limitedLog(log) })
  log({ level: 'info', message: 'listening', address: server.address })
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
    setInterval(() => void removeOld(store, settings, log), removeOldEveryMs),
  ]
  try {
    await Promise.race([connection, writing, aborted(signal)])
  } finally {
    for (const timer of timers) clearInterval(timer)
    await server.close()
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

interface Parts {
  settings: DevicesSettings
  store: Store
  commands: Commands
  presence: DevicePresence
  inbox: Inbox
  totals: Totals
  deadLetters: RecentCount
  /** HTTP responses by status. */
  statuses: ReadonlyMap<number, number>
  isConnected: () => boolean
}

/** What HTTP clients can see and do. */
function apiOf(parts: Parts): Api {
  const { settings, store, commands, presence, inbox, totals, deadLetters, statuses, isConnected } = parts
  return {
    devices: store.devices,
    stored: store.commands,
    commands,
    presence,
    timeoutSeconds: settings.commands.timeoutSeconds,
    health: () => ({
      status: isConnected() && !inbox.isAway ? 'ok' : 'degraded',
      broker: isConnected() ? 'connected' : 'away',
      database: inbox.isAway ? 'away' : 'ok',
      waiting: inbox.waiting,
      lag_ms: inbox.lagMs,
      dead_letters: deadLetters.total,
    }),
    metrics: async () =>
      formatMetrics({
        ...totals,
        waiting: inbox.waiting,
        lagMs: inbox.lagMs,
        connected: isConnected(),
        databaseOk: !inbox.isAway,
        devices: await store.devices.count(),
        online: presence.online,
        commands: commands.totals,
        statuses,
      }),
  }
}

async function removeOld(store: Store, { historyDays }: DevicesSettings, log: Log): Promise<void> {
  const before = (days: number): number => Date.now() - days * dayMs
  try {
    await store.commands.removeOld(before(commandDays))
    if (historyDays !== undefined) await store.expireHistory(before(historyDays))
  } catch (error) {
    log({ level: 'warning', message: 'cannot delete what is old', reason: messageOf(error) })
  }
}
