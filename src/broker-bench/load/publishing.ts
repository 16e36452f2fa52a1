import { Client } from './client.ts'
import { newGrid, newHistogram } from './latencies.ts'
import { Pacer, type Schedule } from './pacer.ts'
import type { ThreadTask } from './protocol.ts'
import { Publisher } from './publisher.ts'
import type { Counts, Side } from './side.ts'

export class Publishing implements Side {
  readonly #task: ThreadTask
  readonly #clients: Client[] = []
  readonly #members: { index: number; publisher: Publisher }[] = []
  #pacer: Pacer | undefined
  #isPacing = false
  #end = new AbortController()

  constructor(task: ThreadTask) {
    this.#task = task
  }

  async connect(index: number): Promise<void> {
    const { target, version, run, load, window } = this.#task
    const client = await Client.connect({ target, version, clientId: `${run}p${index}` })
    const { qos, size } = load
    this.#clients.push(client)
    this.#members.push({
      index,
      publisher: new Publisher(client, { index, topic: `${run}/${index}`, qos, size, window }),
    })
  }

  begin(schedule: Schedule): void {
    this.#end.abort()
    this.#end = new AbortController()
    // They take turns in the order of their numbers, whichever connected first.
    const members = this.#members.toSorted((one, other) => one.index - other.index)
    this.#pacer = new Pacer(members, this.#task.load.publishers, schedule)
    this.#isPacing = true
    void this.#pacer.run(this.#end.signal).then(() => {
      this.#isPacing = false
    })
  }

  get isDone(): boolean {
    return !this.#isPacing && this.#publishers.every(({ waiting, inFlight }) => waiting + inFlight === 0)
  }

  get #publishers(): Publisher[] {
    return this.#members.map(({ publisher }) => publisher)
  }

  counts(): Counts {
    const sum = (count: (publisher: Publisher) => number): number =>
      this.#publishers.reduce((total, publisher) => total + count(publisher), 0)
    return {
      sent: sum(({ sent }) => sent),
      unsent: sum(({ waiting }) => waiting),
      refused: sum(({ refused }) => refused),
      received: 0,
      duplicated: 0,
      reordered: 0,
      lastArrivalMs: 0,
      disconnected: sum(({ isConnected }) => (isConnected ? 0 : 1)),
      latency: newHistogram(),
      grid: newGrid(0),
      lag: this.#pacer?.lag ?? newHistogram(),
    }
  }

  ping(): void {
    for (const client of this.#clients) client.ping()
  }

  close(): void {
    this.#end.abort()
    for (const client of this.#clients) client.close()
  }
}
