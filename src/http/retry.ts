import { setTimeout as sleep } from 'node:timers/promises'

/** A failure worth a retry, such as a cut connection or a busy server. */
export class Transient extends Error {
  override name = 'Transient'
  /** The wait that the server requests. */
  readonly waitMs: number | undefined

  constructor(message: string, options: { waitMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.waitMs = options.waitMs
  }
}

export interface RetryOptions {
  tries: number
  /** Wait before the second try; it quadruples before each further one. */
  delayMs: number
  /** If a server requests a longer wait, there is no retry. */
  maxWaitMs: number
}

export const defaultRetries: RetryOptions = { tries: 3, delayMs: 500, maxWaitMs: 60_000 }

/** Counts the failures of one operation: decides how long to wait and when to give up. */
export class RetryBudget {
  readonly #options: RetryOptions
  #failures = 0

  constructor(options: RetryOptions) {
    this.#options = options
  }

  /** Wait until the next try; throw `error` if there is none. */
  async waitOrThrow(error: unknown, signal: AbortSignal): Promise<void> {
    const { tries, delayMs, maxWaitMs } = this.#options
    signal.throwIfAborted()
    this.#failures++
    if (!(error instanceof Transient) || this.#failures >= tries) throw error
    const waitMs = error.waitMs ?? delayMs * 4 ** (this.#failures - 1)
    if (waitMs > maxWaitMs) throw error
    await sleep(waitMs, undefined, { signal })
  }

  /** Forget earlier failures, after progress. */
  reset(): void {
    this.#failures = 0
  }
}

/** Retry `attempt` while it throws `Transient`; throw the last error. */
export async function retry<T>(
  attempt: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (const budget = new RetryBudget(options); ; ) {
    try {
      return await attempt()
    } catch (error) {
      await budget.waitOrThrow(error, signal)
    }
  }
}

/** Whether a response with this status is worth a retry. */
export const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 429 || status >= 500

/** `Retry-After` in milliseconds: seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
