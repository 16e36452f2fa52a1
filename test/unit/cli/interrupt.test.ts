import { expect, test } from 'vitest'
import { interruptible } from '../../../src/cli/interrupt.ts'
import { EdgekitError } from '../../../src/lib/errors.ts'

/** Work that ends when its signal is aborted. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

test.each([
  ['SIGINT', 'stopped-by-sigint', 130],
  ['SIGTERM', 'stopped-by-sigterm', 143],
  ['SIGHUP', 'stopped-by-sighup', 129],
] as const)('%s aborts the work, and the error has its code', async (name, code, exitCode) => {
  const work = interruptible(untilAborted, 'nothing was changed')
  process.emit(name, name)
  await expect(work).rejects.toMatchObject({
    message: `stopped by ${name}; nothing was changed`,
    code,
    exitCode,
  })
})

test('an error of the work itself is passed on', async () => {
  const own = new EdgekitError('stopped midway', { code: 'stopped-midway' })
  const work = interruptible(signal => untilAborted(signal).catch(() => Promise.reject(own)))
  process.emit('SIGTERM', 'SIGTERM')
  await expect(work).rejects.toBe(own)
})

test('no listener is left behind', async () => {
  const before = process.listenerCount('SIGTERM')
  expect(await interruptible(async () => process.listenerCount('SIGTERM'))).toBe(before + 1)
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
