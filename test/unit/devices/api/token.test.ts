import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { readToken, tokenCheck } from '../../../../src/devices/api/token.ts'

let path: string

beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-token-'))
  path = join(directory, 'new/token')
  onTestFinished(() => rm(directory, { recursive: true }))
})

test('a token is created once, only for its owner', async () => {
  const token = await readToken(path)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readToken(path)).toBe(token)
  expect(await readFile(path, 'utf8')).toBe(`${token}\n`)
})

test.each([
  ['', 0o600, 'expected one line of at least 32 characters'],
  ['short\n', 0o600, 'expected one line of at least 32 characters'],
  [`${'x'.repeat(40)}\n${'y'.repeat(40)}`, 0o600, 'expected one line of at least 32 characters'],
  ['x'.repeat(40), 0o644, 'other users have access to it'],
  ['x'.repeat(40), 0o660, 'other users have access to it'],
])('%j with mode %o is refused', async (text, mode, reason) => {
  await readToken(path)
  await writeFile(path, text)
  await chmod(path, mode)
  await expect(readToken(path)).rejects.toThrow(`cannot use the token file ${path}: ${reason}`)
})

test.each([
  ['Bearer secret', true],
  ['bearer  secret', true],
  ['Bearer secretx', false],
  ['Bearer secre', false],
  ['Bearer ', false],
  ['Basic secret', false],
  ['secret', false],
  [undefined, false],
])('%s is authorized: %s', (authorization, isAuthorized) => {
  expect(tokenCheck('secret')(authorization)).toBe(isAuthorized)
})
