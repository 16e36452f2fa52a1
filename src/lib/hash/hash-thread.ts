import type { Worker } from 'node:worker_threads'
import { startWorker } from '../threads/start-worker.ts'

/** A range of an existing file; offset and size in bytes. */
interface FilePart {
  path: string
  from: number
  size: number
}

type Part = Uint8Array | FilePart

/** Adjacent ranges of one file are sent to the thread together, up to this many bytes. */
const batchSize = 4 * 1024 * 1024

export interface Task {
  id: number
  part: Part | 'end'
}

export type Answer = { id: number; sha256: string } | { id: number; error: unknown }

interface Pending {
  resolve: (sha256: string) => void
  reject: (error: unknown) => void
}

/** One thread per process. It hashes while the main thread reads, writes and receives, which takes about as long. */
let thread: Worker | undefined
let lastId = 0
const pending = new Map<number, Pending>()

/** Forget this request; unref the thread when none is left, so that it does not keep the process alive. */
function take(id: number): Pending | undefined {
  const request = pending.get(id)
  pending.delete(id)
  if (pending.size === 0) thread?.unref()
  return request
}

function startThread(): Worker {
  const options = { resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 } }
  const program = {
    asset: 'src/lib/hash/hash-worker.js',
    url: () => new URL('hash-worker.ts', import.meta.url),
  }
  const worker = startWorker(program, options)
  worker.on('message', (answer: Answer) => {
    const request = take(answer.id)
    if ('error' in answer) request?.reject(answer.error)
    else request?.resolve(answer.sha256)
  })
  worker.on('error', error => {
    thread = undefined
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  })
  // Adding a listener refs the worker.
  worker.unref()
  return worker
}

/** Whether the thread is running: starting it takes as long as hashing some megabytes. */
export const isHashing = (): boolean => thread !== undefined

/** SHA-256 over parts in the order they are added, computed in the hash thread. */
export class ThreadedHash {
  readonly #id = ++lastId

  /** Adjacent ranges of one file that are not sent yet. */
  #batch: FilePart | undefined

  /** Files are read later: the range must already be written and must not change. */
  add(part: Part): void {
    const batch = this.#batch
    if (!('path' in part)) {
      this.#sendBatch()
      this.#send(part)
      return
    }
    if (batch?.path === part.path && batch.from + batch.size === part.from) batch.size += part.size
    else {
      this.#sendBatch()
      this.#batch = { ...part }
    }
    if ((this.#batch?.size ?? 0) >= batchSize) this.#sendBatch()
  }

  /** The hash in hex. Throws when a file cannot be read or is too short, and the reason of `signal` when aborted. */
  async digest(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted()
    const request = Promise.withResolvers<string>()
    pending.set(this.#id, request)
    this.#sendBatch()
    this.#send('end')
    thread?.ref()
    signal?.addEventListener('abort', () => take(this.#id)?.reject(signal.reason), { once: true })
    return await request.promise
  }

  #sendBatch(): void {
    if (this.#batch !== undefined) this.#send(this.#batch)
    this.#batch = undefined
  }

  #send(part: Task['part']): void {
    thread ??= startThread()
    thread.postMessage({ id: this.#id, part } satisfies Task)
  }
}
