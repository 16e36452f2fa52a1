import { describe, expect, test } from 'vitest'
import { readJournal } from '../../../../src/install/record/journal.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'

const begin = {
  record: 'begin',
  journalVersion: 1,
  run: 'r',
  command: 'install',
  edgekit: '0.1.0',
  bundle: null,
  time: '2026-11-21T10:00:00.000Z',
}
const intent = (change: number, before: unknown = null) => ({
  record: 'intent',
  change,
  id: `id ${change}`,
  kind: 'file',
  spec: { path: '/x' },
  before,
})
const done = (change: number) => ({ record: 'done', change })
const reverted = (change: number) => ({ record: 'reverted', change })
const textOf = (...records: object[]): string => records.map(record => `${JSON.stringify(record)}\n`).join('')
const read = (text: string) => readJournal(text, '/journal')

test('the last record of a change decides its state', () => {
  const { history } = read(
    textOf(begin, intent(1), done(1), intent(2), begin, intent(2), done(2), intent(3), reverted(2)),
  )
  expect(history?.begins).toHaveLength(2)
  expect(history?.changes).toMatchObject([
    { change: 1, id: 'id 1', kind: 'file', spec: { path: '/x' }, state: 'done', touched: 1, done: 2 },
    { change: 2, state: 'reverted', touched: 8, done: 6 },
    { change: 3, state: 'begun', touched: 7, done: -1 },
  ])
})

test('ignores fields a newer edgekit adds', () => {
  const text = textOf({ ...begin, host: 'x' }, { ...intent(1), why: 'x' })
  expect(read(text).history?.changes).toHaveLength(1)
})

const whole = textOf(begin, intent(1))
const next = textOf(done(1))

describe('a power cut in the middle of a line', () => {
  test.each(Array.from({ length: next.length }, (_, length) => length))('after %i characters', length => {
    const { history, sound } = read(whole + next.slice(0, length))
    expect(history?.changes).toMatchObject([{ change: 1, state: 'begun' }])
    expect(sound).toBe(whole)
  })

  test('with only zeros where the line should be', () => {
    expect(read(`${whole}${'\0'.repeat(40)}`).sound).toBe(whole)
    expect(read(`${whole}${'\0'.repeat(40)}\n`).sound).toBe(whole)
  })

  test.each(['', '{"record":"beg', '\0\0'])('in the first line: nothing was done (%j)', text => {
    expect(read(text)).toEqual({ text, history: undefined, sound: '' })
  })
})

test.each([
  ['damage in the middle', `${textOf(begin)}{"record":"int\n${textOf(done(1))}`, 'line 2'],
  ['the end of a change that never began', textOf(begin, done(1)), 'line 2'],
  ['a journal of a later version', textOf({ ...begin, journalVersion: 2 }, intent(1)), 'line 1'],
  ['another record of a later version', textOf(begin, { record: 'renamed' }, intent(1)), 'line 2'],
])('names the line of %s', (_, text, line) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(line),
      exitCode: exitCodes.incomplete,
      remedy: expect.stringContaining('mv /journal'),
    }),
  )
})
