import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeDirectories } from '../../../src/lib/make-directories.ts'

let directory: string
const at = (path: string): string => join(directory, path)
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-directories-'))
})
afterEach(() => rm(directory, { recursive: true }))

test('creates missing directories and returns the topmost one', async () => {
  expect(await makeDirectories(at('a'))).toBe(at('a'))
  expect(await makeDirectories(at('a/b/c/d'))).toBe(at('a/b'))
  expect((await stat(at('a/b/c/d'))).isDirectory()).toBe(true)
})

test('leaves existing directories alone, also behind a link', async () => {
  await mkdir(at('there'))
  await symlink('there', at('link'))
  for (const path of [directory, at('there'), at('link'), '/', '.']) {
    expect(await makeDirectories(path)).toBeUndefined()
  }
  expect(await makeDirectories(at('link/below'))).toBe(at('link/below'))
})

test('concurrent calls succeed, and exactly one reports the directory', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => makeDirectories(at('a/b/c'))))
  expect(made.filter(first => first === at('a'))).toHaveLength(1)
})

test.each([
  ['in /proc, where creation fails', () => '/proc/nope', 'ENOENT'],
  ['further below /proc', () => '/proc/nope/at/all', 'ENOENT'],
  ['below a file', () => at('file/below'), 'ENOTDIR'],
  ['behind a dangling link', () => at('dangling'), 'ENOENT'],
])('%s: throws the system error', async (_, path, code) => {
  await writeFile(at('file'), '')
  await symlink('nothing', at('dangling'))
  await expect(makeDirectories(path())).rejects.toMatchObject({ code })
})

test('an existing file is named as such', async () => {
  await writeFile(at('file'), '')
  await expect(makeDirectories(at('file'))).rejects.toThrow(/^it is not a directory$/)
})
