import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { EdgekitError } from '../../lib/errors.ts'
import { startWorker } from '../../lib/threads/start-worker.ts'
import type { Load } from '../settings.ts'
import type { Schedule } from './pacer.ts'
import type { News, Order, ThreadResult, ThreadTask } from './protocol.ts'

const program = {
  asset: 'src/broker-bench/load/load-worker.js',
  url: () => new URL('load-worker.ts', import.meta.url),
}

/** The broker needs processors, too. */
const mostThreads = 4

/** How the connections of one kind are divided: `[[0, 2], [1, 3]]`. */
function divide(count: number, threads: number): number[][] {
  const parts = Array.from({ length: Math.max(1, Math.min(count, threads)) }, (): number[] => [])
  for (let index = 0; index < count; index += 1) parts[index % parts.length]?.push(index)
  return parts
}

type Progress = Omit<Extract<News, { news: 'progress' }>, 'news'>

/** Publishers and subscribers in threads of their own, so that neither delays the other. */
export class LoadThreads {
  readonly #threads: LoadThread[]

  constructor(common: Omit<ThreadTask, 'role' | 'members'>) {
    const perRole = Math.max(1, Math.min(mostThreads, Math.floor(availableParallelism() / 2)))
    const start = (role: ThreadTask['role'], parts: number[][]): LoadThread[] =>
      parts.map(members => new LoadThread({ ...common, role, members }))
    this.#threads = [
      // Only one thread sees whether two members of a group get the same message.
      ...start('subscribe', divide(common.load.subscribers, common.load.shared ? 1 : perRole)),
      ...start('publish', divide(common.load.publishers, perRole)),
    ]
  }

  /** Connect the subscribers, then the publishers. Returns the milliseconds of each. Throws EdgekitError. */
  async connect(
    { publishers, subscribers }: Load,
    perSecond: number,
    onConnected: (count: number) => void,
  ): Promise<number[]> {
    const times: number[] = []
    for (const [role, all] of [
      ['subscribe', subscribers],
      ['publish', publishers],
    ] as const)
      await Promise.all(
        this.#of(role).map(thread =>
          thread.connect((perSecond * thread.members) / all, ms => onConnected(times.push(ms))),
        ),
      )
    return times
  }

  #of(role: ThreadTask['role']): LoadThread[] {
    return this.#threads.filter(thread => thread.role === role)
  }

  begin(schedule: Schedule): void {
    for (const thread of this.#threads) thread.begin(schedule)
  }

  /** So far in this phase. Throws what ended a thread. */
  progress(): Progress {
    const all = this.#threads.map(thread => thread.progress())
    return {
      sent: all.reduce((sum, { sent }) => sum + sent, 0),
      received: all.reduce((sum, { received }) => sum + received, 0),
      p99Ms: Math.max(...all.map(({ p99Ms }) => p99Ms)),
      isDone: all.every(({ isDone }) => isDone),
    }
  }

  end(): Promise<ThreadResult[]> {
    return Promise.all(this.#threads.map(thread => thread.end()))
  }

  /** Disconnect all clients, and end the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.close()))
  }
}

/** For the clients to disconnect. */
const graceMs = 1_000

class LoadThread {
  readonly role: ThreadTask['role']
  readonly members: number
  readonly #worker: Worker
  readonly #exited: Promise<void>
  #progress: Progress = { sent: 0, received: 0, p99Ms: 0, isDone: false }
  #failure: unknown
  #onNews: (news: News) => void = () => undefined
  #onFailure: (error: unknown) => void = () => undefined

  constructor(task: ThreadTask) {
    this.role = task.role
    this.members = task.members.length
    this.#worker = startWorker(program, { workerData: task })
    this.#exited = new Promise(resolve => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (news: News) => {
      if (news.news === 'progress') this.#progress = news
      else if (news.news === 'failed') this.#fail(notConnected(news.reason))
      else this.#onNews(news)
    })
    this.#worker.on('error', error => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#onFailure(this.#failure)
  }

  #send(order: Order): void {
    this.#worker.postMessage(order)
  }

  /** The first news of this kind after an order. */
  async #answer<Kind extends News['news']>(
    kind: Kind,
    order: Order,
    onOther: (news: News) => void = () => undefined,
  ): Promise<Extract<News, { news: Kind }>> {
    const answer = Promise.withResolvers<Extract<News, { news: Kind }>>()
    const isAnswer = (news: News): news is Extract<News, { news: Kind }> => news.news === kind
    this.#onFailure = answer.reject
    this.#onNews = news => (isAnswer(news) ? answer.resolve(news) : onOther(news))
    if (this.#failure !== undefined) throw this.#failure
    this.#send(order)
    return await answer.promise
  }

  async connect(perSecond: number, onConnected: (ms: number) => void): Promise<void> {
    await this.#answer('ready', { order: 'connect', perSecond }, news => {
      if (news.news === 'connected') onConnected(news.ms)
    })
  }

  begin(schedule: Schedule): void {
    this.#progress = { sent: 0, received: 0, p99Ms: 0, isDone: false }
    this.#send({ order: 'begin', schedule })
  }

  progress(): Progress {
    if (this.#failure !== undefined) throw this.#failure
    return this.#progress
  }

  async end(): Promise<ThreadResult> {
    const { result } = await this.#answer('result', { order: 'end' })
    return result
  }

  async close(): Promise<void> {
    this.#onFailure = () => undefined
    this.#send({ order: 'close' })
    await Promise.race([this.#exited, sleep(graceMs)])
    await this.#worker.terminate()
  }
}

const notConnected = (reason: string): EdgekitError =>
  new EdgekitError(`cannot connect all clients: ${reason}`, {
    code: 'broker-not-testable',
    remedy: 'Raise the connection limit of the broker, or use fewer --publishers and --subscribers.',
  })
