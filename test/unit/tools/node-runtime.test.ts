import { expect, test } from 'vitest'
import { checkIntegrity } from '../../../tools/node-runtime.ts'

const hello = Buffer.from('hello')
const integrity =
  'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw=='

test('accepts bytes that match the lock file', () => {
  expect(() => checkIntegrity(hello, integrity, 'hello@1.0.0')).not.toThrow()
})

test('refuses other bytes and names the package', () => {
  expect(() => checkIntegrity(Buffer.from('hellp'), integrity, 'hello@1.0.0')).toThrow(
    /^hello@1\.0\.0 has integrity sha512-/,
  )
})
