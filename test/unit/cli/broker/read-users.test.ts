import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readNames, readUsers } from '../../../../src/cli/broker/read-users.ts'
import { EdgekitError } from '../../../../src/lib/errors.ts'

async function listWith(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-users-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'list')
  await writeFile(path, text)
  return path
}

const generated = (name: string) => ({ name, password: undefined })

test.each([
  ['names', 'a\nb\n', [generated('a'), generated('b')]],
  ['no line feed at the end', 'a\nb', [generated('a'), generated('b')]],
  [
    'comments, blank lines, and the line ends of Windows',
    '\uFEFFa\r\n\r\n# b\r\n \r\nc\r\n',
    [generated('a'), generated('c')],
  ],
  [
    'passwords, some with a colon',
    'a:correct horse:x\nb\n',
    [{ name: 'a', password: 'correct horse:x' }, generated('b')],
  ],
  ['unicode', '温度-2\n', [generated('温度-2')]],
])('a list with %s', async (_, text, users) => {
  expect(await readUsers(undefined, { from: await listWith(text) })).toEqual(users)
})

test('a name that a command line has twice counts once', async () => {
  expect(await readUsers(['a', 'b', 'a'], {})).toEqual([generated('a'), generated('b')])
  expect(await readNames(['a', 'b', 'a'], {})).toEqual(['a', 'b'])
})

test.each([
  ['a name twice', 'a\nb\na\n', 'line 3 of LIST names a again', 'Name each user once.'],
  [
    'a short password',
    '# mine\na:short\n',
    'cannot use the password: it must have at least 12 characters',
    'Use a longer one in line 2 of LIST, or leave it out to generate one.',
  ],
  [
    'an empty password',
    'a:\n',
    'cannot use the password: it must have at least 12 characters',
    'Use a longer one in line 1 of LIST, or leave it out to generate one.',
  ],
  ['nobody', '# none\n\n', 'LIST names no user', 'Write one name on each line.'],
])('a list with %s is refused', async (_, text, message, remedy) => {
  const from = await listWith(text)
  const error = await readUsers(undefined, { from }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(EdgekitError)
  const { message: said, remedy: todo, exitCode } = error as EdgekitError
  expect([said, todo, exitCode].map(text => String(text).replaceAll(from, 'LIST'))).toEqual([
    message,
    remedy,
    '2',
  ])
  expect(said).not.toContain('short\n')
})

test.each([
  ['neither', undefined, undefined, 'no user is named'],
  ['both', ['a'], 'list', 'cannot combine names with --from'],
])('names and a list: %s is refused', async (_, names, from, message) => {
  for (const read of [readUsers, readNames]) await expect(read(names, { from })).rejects.toThrow(message)
})

test('a list of users to remove has no passwords', async () => {
  const from = await listWith('a\nb:correct horse battery\n')
  await expect(readNames(undefined, { from })).rejects.toThrow(`${from} has a password of b`)
  expect(await readNames(undefined, { from: await listWith('a\nb\n') })).toEqual(['a', 'b'])
})
