import { expect, test } from 'vitest'
import { parseAge } from '../../../../src/cli/quantities/age.ts'

test.each([
  ['30d', 30 * 86_400_000],
  ['12h', 12 * 3_600_000],
  ['90m', 90 * 60_000],
  ['2w', 14 * 86_400_000],
  ['0', 0],
])('%s', (text, milliseconds) => {
  expect(parseAge(text)).toBe(milliseconds)
})

test.each(['', '30', 'd', '-1d', '1.5d', '1y', '30 d'])('%j is refused', text => {
  expect(() => parseAge(text)).toThrow(expect.objectContaining({ exitCode: 2 }))
})
