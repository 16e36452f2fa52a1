import { setTimeout as sleep } from 'node:timers/promises'
import { refusalOf } from '../../broker/connect.ts'
import { aborted } from '../../lib/deadline.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { hostPort } from '../../lib/format.ts'
import type { Store } from '../store/store.ts'
import { backoff } from './backoff.ts'
import { openSession, type Session, type SessionOptions } from './session.ts'

export interface ConnectionEvents {
  connected: (session: Session, isFirst: boolean) => void
  /** Once for each reason of an outage. */
  unreachable: (reason: string) => void
}

interface ConnectionOptions extends SessionOptions {
  filters: readonly string[]
  store: Pick<Store, 'sessionFilters' | 'recordSessionFilters'>
}

/** MQTT 5, 3.2.2.2: server unavailable, server busy, quota exceeded, connection rate exceeded. */
const temporary = [0x88, 0x89, 0x97, 0x9f]

/**
 * Keep one connection to the broker until `signal`, and connect again whenever it is lost. Throws EdgekitError when the
 * broker refuses the client at start, and when another client takes over the session.
 */
export async function stayConnected(
  options: ConnectionOptions,
  events: ConnectionEvents,
  signal: AbortSignal,
): Promise<void> {
  const stopped = aborted(signal)
  let isFirst = true
  let outage: string | undefined
  const unreachable = (reason: string): void => {
    if (reason !== outage) events.unreachable(reason)
    outage = reason
  }
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await using session = await connect(options)
      events.connected(session, isFirst)
      isFirst = false
      attempt = 0
      outage = undefined
      const ending = await Promise.race([session.ended, stopped])
      if (ending === 'taken over') throw takenOver(options)
      if (ending === 'lost') unreachable('the connection was lost')
    } catch (error) {
      const isFinal = error instanceof EdgekitError && (isFirst || error.code === 'devices-session-taken')
      if (isFinal) throw error
      unreachable(messageOf(error))
    }
    await sleep(backoff(attempt), undefined, { signal }).catch(() => undefined)
  }
}

/** Connect, and make the subscriptions of the session those of the settings. */
async function connect(options: ConnectionOptions): Promise<Session & AsyncDisposable> {
  const { filters, store, clientId } = options
  const session = await openSession(options).catch(error => {
    const code = refusalOf(error)
    throw code === undefined || temporary.includes(code) ? error : refused(options, error)
  })
  try {
    // What the session had before stays on the broker until it is removed (MQTT-3.8.4-4).
    const before = await store.sessionFilters(clientId)
    const isStale = (filter: string): boolean => !filters.includes(filter)
    const isNew = (filter: string): boolean => !before.includes(filter)
    // Usually nothing changes, and a database that is locked does not keep the service from connecting.
    if (filters.some(isNew)) await store.recordSessionFilters(clientId, [...before, ...filters])
    await session.subscribe(filters)
    await session.unsubscribe(before.filter(isStale))
    if (before.some(isStale)) await store.recordSessionFilters(clientId, filters)
  } catch (error) {
    await session.close()
    throw error
  }
  return { ...session, [Symbol.asyncDispose]: () => session.close() }
}

const addressOf = ({ endpoint: { host, port } }: ConnectionOptions): string => hostPort(host, port)

const refused = (options: ConnectionOptions, error: Error): EdgekitError =>
  new EdgekitError(`cannot connect to the broker ${addressOf(options)}: ${reasonOf(error)}`, {
    code: 'devices-broker-refuses',
    remedy: 'Check the user name and the password of the broker in the settings.',
    cause: error,
  })

/** mqtt.js: `Connection refused: Not authorized`. */
const reasonOf = (error: Error): string =>
  error.message.replace(/^Connection refused: /, 'it refuses the client: ').toLowerCase()

const takenOver = (options: ConnectionOptions): EdgekitError =>
  new EdgekitError(
    `cannot stay connected to the broker ${addressOf(options)}: another client uses the client id ${options.clientId}`,
    {
      code: 'devices-session-taken',
      remedy: 'Stop the other instance, or give this one its own "clientId" in the settings.',
    },
  )
