import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { limit } from '../../../src/lib/limit.ts'

test('runs all tasks, never more at once than allowed', async () => {
  const limited = limit(3)
  let running = 0
  let most = 0
  const results = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      limited(async () => {
        most = Math.max(most, ++running)
        await sleep(index % 4)
        running--
        return index
      }),
    ),
  )
  expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(most).toBe(3)
})

test('a failed task frees its slot', async () => {
  const limited = limit(1)
  const failures = [1, 2].map(number => limited(() => Promise.reject(new Error(`${number}`))))
  await Promise.allSettled(failures)
  expect(await limited(async () => 'next')).toBe('next')
})
