import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { saveFile } from '../../../src/doctor/support/save.ts'
import { localFiles } from '../../../src/node/files.ts'

let directory: string
const at = (name: string): string => join(directory, name)
const save = (name: string) => saveFile(localFiles(), at(name), Buffer.from('report'), 0o644)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-save-'))
  await writeFile(at('other'), 'other', { mode: 0o600 })
})
afterEach(() => rm(directory, { recursive: true }))

test('replaces a link, and leaves its target alone', async () => {
  await symlink(at('other'), at('report'))
  await save('report')
  expect(await readFile(at('report'), 'utf8')).toBe('report')
  expect(await readFile(at('other'), 'utf8')).toBe('other')
  expect((await stat(at('other'))).mode & 0o777).toBe(0o600)
})

test.each([
  ['in a directory that does not exist', 'absent/report', 'no such file or directory'],
  ['below a file', 'other/report', 'not a directory'],
  ['in the place of a directory', 'directory', 'it is a directory'],
])('cannot write a report %s', async (_, name, reason) => {
  await mkdir(at('directory'))
  await expect(save(name)).rejects.toMatchObject({ name: 'EdgekitError', exitCode: 2 })
  await expect(save(name)).rejects.toThrow(`cannot write ${at(name)}: ${reason}`)
})
