import { setTimeout as sleep } from 'node:timers/promises'
import type { deadline } from '../lib/deadline.ts'
import { Verdict } from './verdict.ts'

const beatMs = 200
/** A delay of so much halves the speed of time. */
const halvingMs = 20
/** Time of an idle broker on an idle machine goes a little slower than the clock. */
const idleSpeed = 0.6
/** A busy machine makes waits longer, up to so many times. */
const stretch = 10
/** A wait of so long is not about this machine. */
const longMs = 10_000

/** A connection that answers PINGREQ. */
interface Client {
  ping(): Promise<void>
}

/**
 * Time as the broker has it: PINGREQ on a connection of its own, again and again. When this machine or the broker is busy, what
 * a test waits for is late, and so are the answers here; a wait ends only when it would have been long enough without that.
 */
export class Pulse {
  #timeMs = 0
  /** A beat without delay. */
  #shortestMs = Number.POSITIVE_INFINITY
  #isBeating = false
  readonly #listeners = new Set<() => void>()

  /** Beat until `stop`, or until the broker closes the connection. Before and after, time is that of the clock. */
  start(client: Client): void {
    this.#isBeating = true
    void this.#beat(client)
  }

  stop(): void {
    this.#isBeating = false
    this.#notify()
  }

  /** Like `deadline` of lib, in this time. */
  deadline(timeoutMs: number): ReturnType<typeof deadline> {
    const end = new AbortController()
    const { promise: passed, resolve } = Promise.withResolvers<void>()
    const wanted = this.#timeMs + timeoutMs * idleSpeed
    const pass = (): void => {
      end.abort()
      resolve()
    }
    const check = (): void => {
      if (!this.#isBeating || this.#timeMs >= wanted) pass()
    }
    let timer = setTimeout(() => {
      if (timeoutMs >= longMs) return pass()
      timer = setTimeout(pass, timeoutMs * (stretch - 1))
      this.#listeners.add(check)
      check()
    }, timeoutMs)
    const dispose = (): void => {
      clearTimeout(timer)
      this.#listeners.delete(check)
    }
    return { signal: end.signal, passed, [Symbol.dispose]: dispose }
  }

  async #beat(client: Client): Promise<void> {
    try {
      while (this.#isBeating) {
        const started = performance.now()
        await client.ping()
        await sleep(beatMs)
        const tookMs = performance.now() - started
        this.#shortestMs = Math.min(this.#shortestMs, tookMs)
        this.#timeMs += (beatMs * halvingMs) / (halvingMs + tookMs - this.#shortestMs)
        this.#notify()
      }
    } catch (error) {
      if (!(error instanceof Verdict)) throw error
      this.stop()
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
