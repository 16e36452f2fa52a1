import { expect, test } from 'vitest'
import { slowness } from '../../../src/lib/slowness.ts'

test.each([
  ['a fast machine', 25, 1],
  ['a small board', 125, 1],
  ['a fast machine with a lot of other work', 240, 1],
  ['a busy board', 300, 2],
  ['an emulated processor', 470, 3],
  ['an emulated processor with a lot of other work', 750, 6],
  ['a machine that stood still meanwhile', 60_000, 6],
])('%s', (_, startMs, expected) => {
  expect(slowness(startMs)).toBe(expected)
})
