import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../load/clock.ts'
import type { LoadThreads } from '../load/load-threads.ts'
import type { ThreadResult } from '../load/protocol.ts'
import { copiesOf, type Load, type Pace } from '../settings.ts'

/** For the order to reach all threads. */
const prepareMs = 50
const pollMs = 50
/** A message that does not arrive within this time after the one before it is lost. */
const quietMs = 3_000
/** For duplicates of the last message. */
const settleMs = 200

export interface Phase {
  number: number
  pace: Pace
}

/** What is known while a phase runs. */
export type OnProgress = (soFar: { elapsedMs: number; received: number; p99Ms: number }) => void

/**
 * Send at this pace, and wait until everything arrived, or nothing more arrives. Throws the reason of `signal`, and what ended
 * a thread.
 */
export async function runPhase(
  threads: LoadThreads,
  load: Load,
  { number, pace }: Phase,
  { signal, onProgress }: { signal: AbortSignal; onProgress: OnProgress },
): Promise<{ results: ThreadResult[]; startMs: number }> {
  const startMs = now() + prepareMs
  threads.begin({ phase: number, startMs, ...pace })
  let [last, movedMs] = ['', startMs]
  for (;;) {
    await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    const { sent, received, p99Ms, isDone } = threads.progress()
    const atMs = now()
    onProgress({ elapsedMs: atMs - startMs, received, p99Ms })
    if (`${sent} ${received}` !== last) [last, movedMs] = [`${sent} ${received}`, atMs]
    const isOver = atMs > startMs + pace.durationMs
    const isComplete = isDone && received >= sent * copiesOf(load)
    if (isOver && (isComplete || atMs - Math.max(movedMs, startMs + pace.durationMs) > quietMs)) break
  }
  await sleep(settleMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  return { results: await threads.end(), startMs }
}
