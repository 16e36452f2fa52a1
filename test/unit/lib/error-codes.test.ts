import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ErrorCode, errorCodes } from '../../../src/lib/error-codes.ts'
import { EdgekitError } from '../../../src/lib/errors.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]

/** Codes of earlier releases that no error has any more. They stay in the list. */
const retired: readonly ErrorCode[] = []

test('codes are kebab-case', () => {
  expect(codes.filter(code => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code))).toEqual([])
})

test('each code is that of an error in src', () => {
  const source = globSync('src/**/*.ts')
    .filter(path => path !== 'src/lib/error-codes.ts')
    .map(path => readFileSync(path, 'utf8'))
    .join('\n')
  expect(codes.filter(code => !source.includes(`'${code}'`))).toEqual(retired)
})

test('an error has the exit code of its code', () => {
  expect(new EdgekitError('stop', { code: 'invalid-usage' }).exitCode).toBe(2)
  expect(new EdgekitError('stop', { code: 'stopped-by-sigterm' }).exitCode).toBe(143)
})
