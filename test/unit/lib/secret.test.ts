import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from '../../../src/lib/secret.ts'

const secret = new Secret('hunter2', 'from /root/token')
const shown = '(secret, from /root/token)'

test('reveals its value only on request', () => {
  expect(secret.reveal()).toBe('hunter2')
})

test.each([
  ['a string', String(secret), shown],
  ['JSON', JSON.stringify({ token: secret }), `{"token":"${shown}"}`],
  ['a debugger', inspect({ token: secret }), `{ token: ${shown} }`],
])('shows its source in %s', (_, text, expected) => {
  expect(text).toBe(expected)
})
