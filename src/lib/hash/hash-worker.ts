// The thread of hash-thread.ts.
import { createHash, type Hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { Answer, Task } from './hash-thread.ts'

const buffer = Buffer.allocUnsafeSlow(512 * 1024)
const running = new Map<number, { hash: Hash; error?: unknown }>()

function update(hash: Hash, part: Exclude<Task['part'], 'end'>): void {
  if (part instanceof Uint8Array) {
    hash.update(part)
    return
  }
  const file = openSync(part.path, 'r')
  try {
    for (let done = 0; done < part.size; ) {
      const count = readSync(file, buffer, 0, Math.min(buffer.length, part.size - done), part.from + done)
      if (count === 0) throw new Error(`${part.path} ends after ${part.from + done} bytes`)
      hash.update(buffer.subarray(0, count))
      done += count
    }
  } finally {
    closeSync(file)
  }
}

parentPort?.on('message', ({ id, part }: Task) => {
  const state = running.get(id) ?? { hash: createHash('sha256') }
  running.set(id, state)
  if (part === 'end') {
    running.delete(id)
    const answer: Answer =
      'error' in state ? { id, error: state.error } : { id, sha256: state.hash.digest('hex') }
    parentPort?.postMessage(answer)
  } else if (!('error' in state)) {
    try {
      update(state.hash, part)
    } catch (error) {
      state.error = error
    }
  }
})
