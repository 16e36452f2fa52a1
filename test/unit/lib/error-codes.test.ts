import { expect, test } from 'vitest'
import { errorCodes } from '../../../src/lib/error-codes.ts'
import { EdgekitError } from '../../../src/lib/errors.ts'

test('codes are kebab-case', () => {
  for (const code of Object.keys(errorCodes)) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
})

test('an error has the exit code of its code', () => {
  expect(new EdgekitError('stop', { code: 'invalid-usage' }).exitCode).toBe(2)
  expect(new EdgekitError('stop', { code: 'stopped-by-sigterm' }).exitCode).toBe(143)
})
