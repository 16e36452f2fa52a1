import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { readToken } from '../../../../src/install/request/read-token.ts'

const hash = 'ab'.repeat(32)
const tokenUntil = (expiresAt: number): string => {
  const claims = Buffer.from(JSON.stringify({ exp: expiresAt / 1000 })).toString('base64url')
  return `${hash}.eyJhbGciOiJIUzI1NiJ9.${claims}.c2lnbmF0dXJl-_`
}
const token = tokenUntil(Date.UTC(2100, 0, 1))

test.each([
  ['as keadm prints it', `${token}\n`],
  ['with Windows line ends', `${token}\r\n`],
  ['with blanks around', `  ${token}  `],
])('a token %s', (_, content) => {
  expect(readToken(content, 'stdin', undefined).reveal()).toBe(token)
})

test.each([hash, hash.toUpperCase(), `sha256:${hash}`])('accepts --ca-hash %s', caHash => {
  expect(readToken(token, 'stdin', caHash).reveal()).toBe(token)
})

test.each([
  ['nothing', '\n', undefined, /from \/root\/join.token: it is empty/],
  ['three parts', 'a.b.secret', undefined, /expected four parts .* found 3 in 10 characters/],
  ['a whole file', `TOKEN=${token}`, undefined, /cannot read a token/],
  ['no hash', 'x.b.c.secret', undefined, /does not begin with the SHA-256/],
  ['an expired one', tokenUntil(Date.UTC(2020, 0, 1)), undefined, /it expired at 2020-01-01T00:00:00.000Z/],
  ['another hash', token, 'cd'.repeat(32), /is for CA abab.*--ca-hash is cdcd/],
])('refuses %s without showing the token', (_, content, caHash, message) => {
  const read = () => readToken(content, '/root/join.token', caHash)
  expect(read).toThrow(message)
  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }))
  expect(read).not.toThrow(/secret|c2lnbmF0dXJl/)
})

test('only its origin is ever serialized', () => {
  const secret = readToken(token, 'stdin', undefined)
  expect(JSON.stringify({ secret })).toBe('{"secret":"(secret, token from stdin)"}')
  expect(String(secret)).toBe('(secret, token from stdin)')
  expect(inspect({ secret }, { showHidden: true })).not.toContain(hash)
  expect(Object.values(secret)).toEqual([])
})
