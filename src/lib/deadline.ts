/** A signal that is aborted after a time, until it is disposed of. */
interface Deadline extends Disposable {
  signal: AbortSignal
  /** Resolves at the deadline. */
  passed: Promise<void>
}

/**
 * Give work `timeoutMs`. Dispose of it when the work is done: unlike AbortSignal.timeout it keeps the process alive, because
 * work that waits for nothing else would end Node.js without a result and with exit code 0.
 */
export function deadline(timeoutMs: number): Deadline {
  const end = new AbortController()
  const { promise: passed, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    end.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    resolve()
  }, timeoutMs)
  return { signal: end.signal, passed, [Symbol.dispose]: () => clearTimeout(timer) }
}

/** Resolves when the signal is aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
