import type { RecordableHistogram } from 'node:perf_hooks'
import { now } from './clock.ts'
import { newHistogram, record } from './latencies.ts'
import type { Publisher } from './publisher.ts'

/** A timer of Node.js may be a millisecond late; what is due sooner is waited for precisely. */
const timerMs = 3
/** The thread does not read from its connections while it waits. */
const longestWaitMs = 0.5
const clock = new Int32Array(new SharedArrayBuffer(4))

export interface Schedule {
  phase: number
  startMs: number
  durationMs: number
  /** Messages per second of the publishers of all threads; undefined: as fast as the broker takes them. */
  rate: number | undefined
}

/** The publishers of one thread, by their number among those of all threads. */
export type Members = readonly { index: number; publisher: Publisher }[]

/**
 * Makes messages due, each at its own moment, whatever happened to earlier ones: a broker that stalls does not delay the
 * schedule (open loop, no coordinated omission). The publishers take turns; `publishers` is the number in all threads.
 */
export class Pacer {
  /** How late this thread was for messages that the broker would have taken. */
  readonly lag: RecordableHistogram = newHistogram()
  readonly #members: Members
  readonly #publishers: number
  readonly #schedule: Schedule
  #turn = 0

  constructor(members: Members, publishers: number, schedule: Schedule) {
    this.#members = members
    this.#publishers = publishers
    this.#schedule = schedule
  }

  /** Resolves when everything is due, or when `signal` ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { phase, startMs, durationMs, rate } = this.#schedule
    for (const { publisher } of this.#members)
      publisher.begin({
        number: phase,
        intendedAt: rate === undefined ? undefined : (index, message) => this.#dueAt(index, message, rate),
      })
    await sleepUntil(startMs)
    if (rate !== undefined) return await this.#openLoop(rate, signal)
    for (const { publisher } of this.#members) {
      publisher.add(Number.POSITIVE_INFINITY)
      publisher.flush()
    }
    await sleepUntil(startMs + durationMs)
    for (const { publisher } of this.#members) publisher.stop()
  }

  #dueAt(index: number, message: number, rate: number): number {
    return this.#schedule.startMs + ((index + message * this.#publishers) * 1000) / rate
  }

  async #openLoop(rate: number, signal: AbortSignal): Promise<void> {
    const endMs = this.#schedule.startMs + this.#schedule.durationMs
    for (;;) {
      const nextMs = this.#makeDue(rate, Math.min(now(), endMs))
      if (nextMs >= endMs || signal.aborted) return
      await pauseUntil(nextMs)
    }
  }

  /** Everything that is due by now. Returns when the next message is. */
  #makeDue(rate: number, nowMs: number): number {
    const touched = new Set<Publisher>()
    for (;;) {
      const member = this.#members[this.#turn % this.#members.length]
      if (!member) return Number.POSITIVE_INFINITY
      const dueMs = this.#dueAt(member.index, Math.floor(this.#turn / this.#members.length), rate)
      if (dueMs >= nowMs) {
        for (const publisher of touched) publisher.flush()
        return dueMs
      }
      if (!member.publisher.isHeld) record(this.lag, nowMs - dueMs)
      member.publisher.add(1)
      touched.add(member.publisher)
      this.#turn += 1
    }
  }
}

const sleepUntil = (ms: number): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, Math.max(0, ms - now())))

/** More precise than a timer, and without a busy loop, which would take the processor from a broker on this machine. */
async function pauseUntil(ms: number): Promise<void> {
  const leftMs = ms - now()
  if (leftMs > timerMs) return await sleepUntil(ms - timerMs)
  if (leftMs > 0) Atomics.wait(clock, 0, 0, Math.min(leftMs, longestWaitMs))
  // Lets acknowledgments arrive.
  await new Promise(resolve => setImmediate(resolve))
}
