import { setTimeout as sleep } from 'node:timers/promises'

/** A failure that may not happen again: a cut connection, a busy server. */
export class Transient extends Error {
  override name = 'Transient'
  /** How long the server asks to wait, in milliseconds. */
  readonly wait: number | undefined

  constructor(message: string, options: { wait?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.wait = options.wait
  }
}

export interface RetryOptions {
  tries: number
  /** Wait before the second try, in milliseconds; four times as long before each further one. */
  delay: number
  /** The longest wait a server may ask for, in milliseconds; asked for more, it is not tried again. */
  longest: number
}

/** How often one thing has failed, and so how long to wait and when to give up. */
export class RetryBudget {
  readonly #options: RetryOptions
  #failures = 0

  constructor(options: RetryOptions) {
    this.#options = options
  }

  /** Returns when it is time for the next try; throws `error` when there is none. */
  async waitOrThrow(error: unknown, signal: AbortSignal): Promise<void> {
    const { tries, delay, longest } = this.#options
    signal.throwIfAborted()
    this.#failures++
    if (!(error instanceof Transient) || this.#failures >= tries) throw error
    const wait = error.wait ?? delay * 4 ** (this.#failures - 1)
    if (wait > longest) throw error
    await sleep(wait, undefined, { signal })
  }

  /** It went on well meanwhile: earlier failures no longer count. */
  reset(): void {
    this.#failures = 0
  }
}

/** Try again while the failure is `Transient`; the last one comes out. */
export async function retry<T>(
  attempt: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (const patience = new RetryBudget(options); ; ) {
    try {
      return await attempt()
    } catch (error) {
      await patience.waitOrThrow(error, signal)
    }
  }
}

/** `Retry-After` in milliseconds: seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
