import { expect, test } from 'vitest'
import { allowUserWithoutAccount } from '../../../src/node/user-without-account.ts'

const noAccount = (): never => {
  throw new Error('no such user')
}

test.each<[Record<string, string>, Record<string, string>]>([
  [{}, { HOME: '/', SHELL: '/bin/sh' }],
  [{ HOME: '/home/x' }, { HOME: '/home/x', SHELL: '/bin/sh' }],
  [{ SHELL: '/bin/bash' }, { HOME: '/', SHELL: '/bin/bash' }],
])('without an account, %j becomes %j', (environment, expected) => {
  allowUserWithoutAccount(environment, noAccount)
  expect(environment).toEqual(expected)
})

test('with an account, nothing changes', () => {
  const environment = {}
  allowUserWithoutAccount(environment)
  expect(environment).toEqual({})
})
