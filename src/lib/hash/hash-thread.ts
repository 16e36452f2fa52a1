import { isSea } from 'node:sea'
import { Worker } from 'node:worker_threads'
import { readAsset } from '../assets.ts'

/** A part of a file that is there already; offset and size in bytes. */
interface FilePart {
  path: string
  from: number
  size: number
}

type Part = Uint8Array | FilePart

/** Bytes of a file that the thread is told of at once. */
const atOnce = 4 * 1024 * 1024

export interface Task {
  id: number
  part: Part | 'end'
}

export type Answer = { id: number; sha256: string } | { id: number; error: unknown }

interface Waiting {
  resolve: (sha256: string) => void
  reject: (error: unknown) => void
}

/** One thread for the whole process: to hash takes as long as to read, write and receive, and that is done meanwhile. */
let thread: Worker | undefined
let last = 0
const waiting = new Map<number, Waiting>()

/** Nobody waits for this one any more; with the last, the thread does not keep the process. */
function letGo(id: number): Waiting | undefined {
  const who = waiting.get(id)
  waiting.delete(id)
  if (waiting.size === 0) thread?.unref()
  return who
}

function start(): Worker {
  const options = { resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 } }
  const worker = isSea()
    ? new Worker(readAsset('src/lib/hash/hash-worker.js'), { eval: true, ...options })
    : new Worker(new URL('hash-worker.ts', import.meta.url), options)
  worker.on('message', (answer: Answer) => {
    const who = letGo(answer.id)
    if ('error' in answer) who?.reject(answer.error)
    else who?.resolve(answer.sha256)
  })
  worker.on('error', error => {
    thread = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  })
  // Who listens to a thread keeps the process, until it says that it does not.
  worker.unref()
  return worker
}

/** Start the thread before there is anything to hash: that takes as long as to hash some megabytes. */
function startHashing(): Worker {
  thread ??= start()
  return thread
}

/** Has the thread been started? */
export const isHashing = (): boolean => thread !== undefined

/** A SHA-256 over parts in the order they are added, made in a thread of its own. */
export class ThreadedHash {
  readonly #id = ++last

  /** Of parts of one file, each going on where the one before ended, the thread is not told one by one. */
  #part: FilePart | undefined

  /** Files are read later: what is in the part must be there already, and stay as it is. */
  add(part: Part): void {
    const before = this.#part
    if (!('path' in part)) {
      this.#postPart()
      this.#post(part)
      return
    }
    if (before?.path === part.path && before.from + before.size === part.from) before.size += part.size
    else {
      this.#postPart()
      this.#part = { ...part }
    }
    if ((this.#part?.size ?? 0) >= atOnce) this.#postPart()
  }

  #postPart(): void {
    if (this.#part !== undefined) this.#post(this.#part)
    this.#part = undefined
  }

  /** In hex. Throws when a file cannot be read, or has fewer bytes than stated, and what `signal` is aborted with. */
  async digest(signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted()
    const digest = Promise.withResolvers<string>()
    waiting.set(this.#id, digest)
    this.#postPart()
    this.#post('end')
    thread?.ref()
    signal?.addEventListener('abort', () => letGo(this.#id)?.reject(signal.reason), { once: true })
    return await digest.promise
  }

  #post(part: Task['part']): void {
    startHashing().postMessage({ id: this.#id, part } satisfies Task)
  }
}
