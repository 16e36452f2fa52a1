import { Client } from './client.ts'
import { newHistogram } from './latencies.ts'
import type { Schedule } from './pacer.ts'
import type { ThreadTask } from './protocol.ts'
import type { Counts, Side } from './side.ts'
import { Arrivals, Seen, Subscriber } from './subscriber.ts'

/** Of a phase before the first. */
const nothing = new Arrivals(0, 0, 0)

export class Subscribing implements Side {
  readonly #task: ThreadTask
  readonly #clients: Client[] = []
  readonly #subscribers: Subscriber[] = []
  #arrivals = nothing
  readonly isDone = true

  constructor(task: ThreadTask) {
    this.#task = task
  }

  async connect(index: number): Promise<void> {
    const { target, version, run, load } = this.#task
    const client = await Client.connect({ target, version, clientId: `${run}s${index}` })
    this.#clients.push(client)
    await client.subscribe(load.shared ? `$share/${run}/${run}/+` : `${run}/+`, load.qos)
    this.#subscribers.push(new Subscriber(client, load.publishers))
  }

  begin({ phase, startMs, durationMs }: Schedule): void {
    this.#arrivals = new Arrivals(phase, startMs, durationMs)
    const common = new Seen()
    for (const subscriber of this.#subscribers)
      subscriber.begin(this.#arrivals, this.#task.load.shared ? common : new Seen())
  }

  counts(): Counts {
    const { received, duplicated, reordered, lastArrivalMs, histogram, grid } = this.#arrivals
    return {
      sent: 0,
      unsent: 0,
      refused: 0,
      received,
      duplicated,
      reordered,
      lastArrivalMs,
      disconnected: this.#subscribers.filter(({ isConnected }) => !isConnected).length,
      latency: histogram,
      grid,
      lag: newHistogram(),
    }
  }

  ping(): void {
    for (const client of this.#clients) client.ping()
  }

  close(): void {
    for (const client of this.#clients) client.close()
  }
}
