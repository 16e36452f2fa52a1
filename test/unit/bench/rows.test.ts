import { expect, test } from 'vitest'
import { compare } from '../../../bench/lib/pairs.ts'
import { missed, table } from '../../../bench/lib/rows.ts'

const row = { what: 'start', ours: '30 ms', reference: '20 ms', ratio: 1.5 }

test('a budget is missed above it, and by a ratio that is not a number', () => {
  expect(missed({ ...row, budget: 1.5 })).toBe(false)
  expect(missed({ ...row, budget: 1.49 })).toBe(true)
  expect(missed({ ...row, ratio: Number.NaN, budget: 2 })).toBe(true)
  expect(missed(row)).toBe(false)
})

test('the table is aligned and names the verdict', () => {
  expect(
    table([
      { ...row, budget: 1 },
      { ...row, what: 'for information' },
    ]),
  ).toBe(
    [
      'what             ours   reference  ratio  budget  verdict',
      'start            30 ms  20 ms      1.50   1.00    MISSED',
      'for information  30 ms  20 ms      1.50',
      '',
    ].join('\n'),
  )
})

test('ours and the reference run in turn, and the first pair only warms up', async () => {
  const order: string[] = []
  const { ours, reference, ratio } = await compare(
    () => void order.push('ours'),
    () => void order.push('reference'),
    3,
  )
  expect(order).toEqual(Array.from({ length: 4 }, () => ['ours', 'reference']).flat())
  for (const number of [ours, reference, ratio]) expect(number).toBeGreaterThan(0)
})
