import { setTimeout as sleep } from 'node:timers/promises'
import { deadLetter, deadReport, isDead, type Message } from '../messages/message.ts'
import { DatabaseAway, RefusedData, type Store, type Written } from '../store/store.ts'
import { backoff } from './backoff.ts'

/** Where a message came from. */
export interface Source {
  /** False: the broker delivers what was not acknowledged again. */
  readonly isOpen: boolean
  /** Send a PUBACK for each, in this order (MQTT-4.6.0-2). */
  acknowledge(packetIds: readonly number[]): void
}

export interface Entry {
  message: Message
  source: Source
  /** Undefined: QoS 0, which is not acknowledged. */
  packetId: number | undefined
}

export interface InboxEvents {
  written: (result: Written, batch: readonly Message[]) => void
  databaseAway: (reason: string) => void
  databaseBack: () => void
}

/** Larger ones are not faster: SQLite then takes 34,000 to 38,000 messages per second, as many as without it. */
export const batchSize = 500
/** How long the first message of a batch waits for more. */
const lingerMs = 10
/** Of QoS 0: what the broker sends without waiting for an acknowledgment must not fill the memory. */
const mostWaiting = 4 * batchSize

/**
 * Stores messages in batches, and acknowledges each after the commit. While the database is away, nothing is acknowledged:
 * the broker stops at Receive Maximum and keeps the rest.
 */
export class Inbox {
  readonly #store: Store
  readonly #events: InboxEvents
  #waiting: Entry[] = []
  /** The batch that is being stored. */
  #batch: readonly Entry[] = []
  #wake: () => void = () => undefined
  #stopping = false
  #isAway = false

  constructor(store: Store, events: InboxEvents) {
    this.#store = store
    this.#events = events
  }

  /** Returns false when a QoS 0 message found no place. */
  add(entry: Entry): boolean {
    if (entry.packetId === undefined && this.#waiting.length >= mostWaiting) return false
    this.#waiting.push(entry)
    if (this.#waiting.length === 1 || this.#waiting.length === batchSize) this.#wake()
    return true
  }

  /** How many messages are not stored yet. */
  get waiting(): number {
    return this.#batch.length + this.#waiting.length
  }

  /** How long the oldest of them has waited, in ms. */
  get lagMs(): number {
    const [oldest] = [...this.#batch.slice(0, 1), ...this.#waiting.slice(0, 1)]
    return oldest ? Math.max(0, Date.now() - oldest.message.receivedAt) : 0
  }

  /** The database cannot be used. */
  get isAway(): boolean {
    return this.#isAway
  }

  /** Drop what cannot be acknowledged: the broker delivers it again. */
  forget(closed: Source): void {
    this.#waiting = this.#waiting.filter(
      ({ source, packetId }) => source !== closed || packetId === undefined,
    )
  }

  /** Store what waits, then let `run` return. */
  stop(): void {
    this.#stopping = true
    this.#wake()
  }

  /** Returns after `stop`. `giveUp` ends waiting for a database that is away; what was not stored is not acknowledged. */
  async run(giveUp: AbortSignal): Promise<void> {
    while (!this.#stopping || this.#waiting.length > 0) {
      if (this.#waiting.length === 0) await this.#woken()
      if (this.#waiting.length < batchSize && !this.#stopping) await this.#woken(lingerMs)
      this.#batch = this.#waiting.splice(0, batchSize)
      if (this.#batch.length > 0 && !(await this.#deliver(this.#batch, giveUp))) return
      this.#batch = []
    }
  }

  async #woken(timeoutMs?: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs)
    await promise
    clearTimeout(timer)
  }

  /** Returns false when it gave up. */
  async #deliver(batch: readonly Entry[], giveUp: AbortSignal): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const pending = batch.filter(({ source, packetId }) => source.isOpen || packetId === undefined)
      try {
        await this.#storeAll(pending)
        return true
      } catch (error) {
        if (!(error instanceof DatabaseAway)) throw error
        if (!this.#isAway) this.#events.databaseAway(error.message)
        this.#isAway = true
        if (giveUp.aborted) return false
        await sleep(backoff(attempt), undefined, { signal: giveUp }).catch(() => undefined)
      }
    }
  }

  /** A message that the database refuses must not stall the rest: halve until it is alone. */
  async #storeAll(batch: readonly Entry[]): Promise<void> {
    if (batch.length === 0) return
    const messages = batch.map(({ message }) => message)
    try {
      const result = await this.#store.write(messages)
      acknowledge(batch)
      if (this.#isAway) this.#events.databaseBack()
      this.#isAway = false
      this.#events.written(result, messages)
    } catch (error) {
      if (!(error instanceof RefusedData)) throw error
      const [only] = batch
      if (batch.length > 1 || only === undefined) {
        const half = Math.ceil(batch.length / 2)
        await this.#storeAll(batch.slice(0, half))
        await this.#storeAll(batch.slice(half))
      } else await this.#storeAll([{ ...only, message: refused(only.message, error) }])
    }
  }
}

/** A dead letter that is refused itself is stored without its topic and payload. */
function refused(message: Message, error: RefusedData): Message {
  if (!isDead(message)) return deadReport(message, 'the database refuses it')
  const { topic, receivedAt } = message
  if (topic === '') throw new DatabaseAway(error.message, { cause: error })
  return deadLetter({ topic: '', payload: new Uint8Array(), receivedAt }, 'the database refuses it')
}

function acknowledge(batch: readonly Entry[]): void {
  const bySource = Map.groupBy(batch, ({ source }) => source)
  for (const [source, entries] of bySource) {
    const ids = entries.flatMap(({ packetId }) => (packetId === undefined ? [] : [packetId]))
    if (ids.length > 0 && source.isOpen) source.acknowledge(ids)
  }
}
