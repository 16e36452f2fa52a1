import { expect, test } from 'vitest'
import { RecentCount } from '../../../src/devices/recent-count.ts'

test('it counts what happened in the last hour', () => {
  let now = 0
  const count = new RecentCount(() => now)
  const minute = 60_000
  count.add(1)
  now = 30 * minute
  count.add(2)
  count.add(0)
  expect(count.total).toBe(3)
  now = 60 * minute
  expect(count.total).toBe(2)
  now = 89 * minute
  expect(count.total).toBe(2)
  now = 90 * minute
  expect(count.total).toBe(0)
})
