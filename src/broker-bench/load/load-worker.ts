// A thread of load-threads.ts: it runs the publishers or the subscribers that it was started with.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../lib/errors.ts'
import { pingEveryMs } from './client.ts'
import { now } from './clock.ts'
import type { Schedule } from './pacer.ts'
import type { News, Order, ThreadTask } from './protocol.ts'
import { Publishing } from './publishing.ts'
import type { Side } from './side.ts'
import { Subscribing } from './subscribing.ts'

const progressEveryMs = 100
/** The monitor measures the time between two of its timers. */
const monitorMs = 10

/** The publishers or subscribers of this thread, and how it works for `port`. */
class LoadWorker {
  readonly #task: ThreadTask
  readonly #side: Side
  readonly #port: MessagePort
  readonly #eventLoop = monitorEventLoopDelay({ resolution: monitorMs })
  #begun = { cpu: process.threadCpuUsage(), atMs: now() }
  #progress: NodeJS.Timeout | undefined

  constructor(port: MessagePort, task: ThreadTask) {
    this.#port = port
    this.#task = task
    this.#side = task.role === 'publish' ? new Publishing(task) : new Subscribing(task)
  }

  #tell(news: News): void {
    this.#port.postMessage(news)
  }

  obey(message: Order): void {
    if (message.order === 'connect') void this.#connect(message.perSecond)
    else if (message.order === 'begin') this.#begin(message.schedule)
    else if (message.order === 'end') this.#end()
    else {
      this.#side.close()
      this.#port.close()
    }
  }

  async #connect(perSecond: number): Promise<void> {
    const startedMs = now()
    const connecting: Promise<void>[] = []
    for (const [place, index] of this.#task.members.entries()) {
      await sleep(Math.max(0, startedMs + (place * 1000) / perSecond - now()))
      connecting.push(this.#connectOne(index))
    }
    await Promise.all(connecting)
    setInterval(() => this.#side.ping(), pingEveryMs).unref()
    this.#tell({ news: 'ready' })
  }

  async #connectOne(index: number): Promise<void> {
    const startedMs = now()
    try {
      await this.#side.connect(index)
      this.#tell({ news: 'connected', ms: now() - startedMs })
    } catch (error) {
      this.#tell({ news: 'failed', reason: messageOf(error) })
    }
  }

  #begin(schedule: Schedule): void {
    this.#side.begin(schedule)
    this.#eventLoop.reset()
    this.#eventLoop.enable()
    this.#begun = { cpu: process.threadCpuUsage(), atMs: now() }
    clearInterval(this.#progress)
    this.#progress = setInterval(() => {
      const { sent, received, latency } = this.#side.counts()
      const p99Ms = latency.count === 0 ? 0 : latency.percentile(99) / 1000
      this.#tell({ news: 'progress', sent, received, p99Ms, isDone: this.#side.isDone })
    }, progressEveryMs)
  }

  #end(): void {
    clearInterval(this.#progress)
    this.#eventLoop.disable()
    const { user, system } = process.threadCpuUsage(this.#begun.cpu)
    this.#tell({
      news: 'result',
      result: {
        ...this.#side.counts(),
        eventLoopDelayMs: Math.max(0, this.#eventLoop.percentile(99) / 1e6 - monitorMs),
        cpu: (user + system) / 1000 / (now() - this.#begun.atMs),
      },
    })
  }
}

if (parentPort) {
  const worker = new LoadWorker(parentPort, workerData as ThreadTask)
  parentPort.on('message', (message: Order) => worker.obey(message))
}
