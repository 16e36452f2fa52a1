import { expect, test } from 'vitest'
import { retry, retryAfter, Transient } from '../../../src/http/retry.ts'

const options = { tries: 3, delayMs: 1, maxWaitMs: 50 }
const signal = new AbortController().signal

/** Fails with each of `failures`, then returns the number of calls. */
function failing(...failures: Error[]) {
  let calls = 0
  const attempt = async () => {
    const failure = failures[calls++]
    if (failure !== undefined) throw failure
    return calls
  }
  return { attempt, calls: () => calls }
}

test('retries after a transient failure', async () => {
  const { attempt } = failing(new Transient('a'), new Transient('b'))
  expect(await retry(attempt, options, signal)).toBe(3)
})

test('gives up after the last try', async () => {
  const { attempt, calls } = failing(new Transient('a'), new Transient('b'), new Transient('c'))
  await expect(retry(attempt, options, signal)).rejects.toThrow('c')
  expect(calls()).toBe(3)
})

test('does not retry after other failures', async () => {
  const { attempt, calls } = failing(new Error('no'))
  await expect(retry(attempt, options, signal)).rejects.toThrow('no')
  expect(calls()).toBe(1)
})

test('waits as long as the server requests, up to a limit', async () => {
  const { attempt } = failing(new Transient('later', { waitMs: 40 }))
  const start = performance.now()
  await retry(attempt, options, signal)
  expect(performance.now() - start).toBeGreaterThanOrEqual(35)
  const { attempt: second, calls } = failing(new Transient('tomorrow', { waitMs: 3_600_000 }))
  await expect(retry(second, options, signal)).rejects.toThrow('tomorrow')
  expect(calls()).toBe(1)
})

test('stops when aborted', async () => {
  const abort = new AbortController()
  const attempt = async () => {
    abort.abort(new Error('interrupted'))
    throw new Transient('a')
  }
  await expect(retry(attempt, options, abort.signal)).rejects.toThrow('interrupted')
})

test.each([
  [undefined, undefined],
  ['3', 3000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
])('Retry-After: %s', (value, wait) => {
  expect(retryAfter(value, 1000)).toBe(wait)
})
