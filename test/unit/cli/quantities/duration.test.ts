import { expect, test } from 'vitest'
import { parseDuration } from '../../../../src/cli/quantities/duration.ts'

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['2m', 120_000],
])('%s is %i ms', (text, expected) => expect(parseDuration(text, '--timeout')).toBe(expected))

test.each(['', '5', '0s', '-1s', '1.5s', '1w', 's', '5 s', '9999999s'])('"%s" is not a duration', text => {
  expect(() => parseDuration(text, '--timeout')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: `invalid value for --timeout: "${text}" is not a duration`,
    }),
  )
})
