import { expect, test } from 'vitest'
import { formatBytes } from '../../../src/lib/format.ts'

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1049, '1.0 kB'],
  [1050, '1.1 kB'],
  [35_200_000, '35.2 MB'],
  [999_900, '999.9 kB'],
  [999_999, '1.0 MB'],
  [1e9, '1.0 GB'],
  [1e12, '1.0 TB'],
  [5e15, '5000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
