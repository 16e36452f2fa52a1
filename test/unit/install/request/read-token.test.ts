import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { readToken } from '../../../../src/install/request/read-token.ts'

const hash = 'ab'.repeat(32)
const token = `${hash}.eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3MDB9.c2lnbmF0dXJl-_`

test.each([
  ['as keadm prints it', `${token}\n`],
  ['with windows line ends', `${token}\r\n`],
  ['with blanks around', `  ${token}  `],
])('a token %s', (_, content) => {
  expect(readToken(content, 'stdin', undefined).reveal()).toBe(token)
})

test.each([hash, hash.toUpperCase(), `sha256:${hash}`])('the hash %s agrees', caHash => {
  expect(readToken(token, 'stdin', caHash).reveal()).toBe(token)
})

test.each([
  ['nothing', '\n', undefined, /join.token holds no token/],
  ['three parts', 'a.b.secret', undefined, /expected four parts .* seen 3 in 10 characters/],
  ['a whole file', `TOKEN=${token}`, undefined, /does not hold a token/],
  ['no hash', 'x.b.c.secret', undefined, /does not begin with the SHA-256/],
  ['another hash', token, 'cd'.repeat(32), /is for the authority abab.*expects cdcd/],
])('%s is refused, and is not shown', (_, content, caHash, message) => {
  const read = () => readToken(content, '/root/join.token', caHash)
  expect(read).toThrow(message)
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(read).not.toThrow(/secret|c2lnbmF0dXJl/)
})

test('whoever writes it down writes where it came from', () => {
  const secret = readToken(token, 'stdin', undefined)
  expect(JSON.stringify({ secret })).toBe('{"secret":"(secret, token from stdin)"}')
  expect(String(secret)).toBe('(secret, token from stdin)')
  expect(inspect({ secret }, { showHidden: true })).not.toContain(hash)
  expect(Object.values(secret)).toEqual([])
})
