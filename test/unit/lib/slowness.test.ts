import { expect, test } from 'vitest'
import { slowness } from '../../../src/lib/slowness.ts'

test.each([
  ['a fast machine', 25, 1],
  ['a small board', 250, 1],
  ['a busy board', 500, 2],
  ['an emulated processor', 1_200, 4.8],
  ['a machine that stood still meanwhile', 60_000, 6],
])('%s', (_, startMs, expected) => {
  expect(slowness(startMs)).toBe(expected)
})
