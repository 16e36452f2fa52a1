import { expect, test } from 'vitest'
import { checkIntegrity } from '../../../tools/node-runtime.ts'
import { requireOnHost } from '../../../tools/require-on-host.ts'

const hello = Buffer.from('hello')
const integrity =
  'sha512-m3HSJL1i83hdltRq0+o9czGb+8KJDKra4t/3JRlnPKcjI8PZm6XBHXx6zG4UuMXaDEZjR1wuXDre9G9zvN7AQw=='

test('bytes with the hash in the lock file are accepted', () => {
  expect(() => checkIntegrity(hello, integrity, 'hello@1.0.0')).not.toThrow()
})

test('any other bytes are refused, naming the package', () => {
  expect(() => checkIntegrity(Buffer.from('hellp'), integrity, 'hello@1.0.0')).toThrow(
    /^hello@1\.0\.0 has integrity sha512-/,
  )
})

test('a host that has everything is left alone', async () => {
  await expect(requireOnHost('this test', { sh: 'dash', '/bin/sh': 'dash' })).resolves.toBeUndefined()
})
