import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery, Request } from '../ingest/session.ts'
import { topicOf } from '../messages/topics.ts'
import type { CommandStore, StoredCommand } from '../store/store.ts'

/** What to send to a device. */
export interface CommandRequest {
  requestId: string
  device: string
  action: string
  /** A JSON object. */
  params: object
  timeoutMs: number
}

/** What became of a request to send a command. */
export type Sent = Delivery | 'request id used' | 'not connected'

interface CommandOptions {
  store: CommandStore
  /** Templates with `{id}`. */
  topic: string
  responseTopic: string
  /** Undefined: the broker is away. */
  publish: (request: Request) => Promise<Delivery> | undefined
  isConnected: () => boolean
}

/** The broker acknowledges within milliseconds, or hangs. */
const acknowledgeMs = 5_000

/** Commands to devices, and who waits for their answers. The database has every command, also after a restart. */
export class Commands {
  readonly #options: CommandOptions
  readonly #waiting = new Map<string, () => void>()
  /** How many commands ended in which way, since the start. */
  readonly totals = new Map<Sent | 'answered', number>()

  constructor(options: CommandOptions) {
    this.#options = options
  }

  /**
   * Send a command, and wait until the broker has it. It is in the database before, so that an answer finds it however early
   * it comes. Throws DatabaseAway.
   */
  async send(request: CommandRequest): Promise<Sent> {
    const sent = await this.#send(request)
    this.#count(sent, 1)
    return sent
  }

  async #send({ requestId, device, action, params, timeoutMs }: CommandRequest): Promise<Sent> {
    const { store, topic, responseTopic, publish, isConnected } = this.#options
    if (!isConnected()) return 'not connected'
    const now = Date.now()
    const command = { requestId, device, action, createdAt: now, expiresAt: now + timeoutMs }
    if (!(await store.add(command))) return 'request id used'
    const publishing = publish({
      topic: topicOf(topic, device),
      payload: JSON.stringify({ action, params, request_id: requestId }),
      responseTopic: topicOf(responseTopic, device),
      correlation: requestId,
      expirySeconds: Math.ceil(timeoutMs / 1000),
    })
    const sent = publishing
      ? await Promise.race([publishing, sleep(acknowledgeMs, 'unclear' as const, { ref: false })])
      : 'not connected'
    // The device cannot have it, so its request id can be used again.
    if (sent === 'refused' || sent === 'not connected') await store.remove(requestId)
    if (sent === 'no subscriber') await store.expire(requestId, Date.now())
    return sent
  }

  /** Wait for the answer, until the time to answer ends or `signal`. Throws DatabaseAway. */
  async answer(requestId: string, signal: AbortSignal): Promise<StoredCommand | undefined> {
    const { promise: settled, resolve } = Promise.withResolvers<void>()
    this.#waiting.set(requestId, resolve)
    const end = new AbortController()
    const ends = AbortSignal.any([signal, end.signal])
    try {
      const command = await this.#options.store.find(requestId)
      if (command === undefined || command.answer) return command
      const left = Math.max(0, command.expiresAt - Date.now())
      await Promise.race([settled, sleep(left, undefined, { signal: ends }).catch(() => undefined)])
      return await this.#options.store.find(requestId)
    } finally {
      end.abort()
      this.#waiting.delete(requestId)
    }
  }

  /** Answers to these commands have been stored. */
  settle(requestIds: readonly string[]): void {
    this.#count('answered', requestIds.length)
    for (const requestId of requestIds) this.#waiting.get(requestId)?.()
  }

  #count(result: Sent | 'answered', count: number): void {
    this.totals.set(result, (this.totals.get(result) ?? 0) + count)
  }
}

export type CommandState = 'pending' | 'answered' | 'late' | 'timed-out'

/** What is known of a command now. `late`: the answer came after its time. */
export function stateOf({ answer, expiresAt }: StoredCommand, now: number): CommandState {
  if (answer) return answer.at > expiresAt ? 'late' : 'answered'
  return now < expiresAt ? 'pending' : 'timed-out'
}
