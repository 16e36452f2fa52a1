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

/** Try again while the failure is `Transient`; the last one comes out. */
export async function retry<T>(
  attempt: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Transient) || count >= options.tries) throw error
      const wait = error.wait ?? options.delay * 4 ** (count - 1)
      if (wait > options.longest) throw error
      await sleep(wait, undefined, { signal })
    }
  }
}

/** `Retry-After` in milliseconds: seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function retryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
