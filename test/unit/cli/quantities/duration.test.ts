import { expect, test } from 'vitest'
import { parseDuration } from '../../../../src/cli/quantities/duration.ts'

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['2m', 120_000],
])('%s is %i ms', (text, expected) => expect(parseDuration(text, '--timeout')).toBe(expected))

test.each(['25d', '9999999s', '999999999d'])('"%s" is too long for a timer', text => {
  expect(() => parseDuration(text, '--timeout')).toThrow(
    `invalid value for --timeout: "${text}" is longer than 24 days`,
  )
})

test('a time in the past can be longer', () => {
  expect(parseDuration('30d', '--since', 3650)).toBe(30 * 86_400_000)
})

test.each(['', '5', '0s', '-1s', '1.5s', '1w', 's', '5 s', '9999999999s'])('"%s" is not a duration', text => {
  expect(() => parseDuration(text, '--timeout')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: `invalid value for --timeout: "${text}" is not a duration`,
    }),
  )
})
