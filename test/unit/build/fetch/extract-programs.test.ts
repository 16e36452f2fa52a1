import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { program } from '../../../../lab/bundles/program.ts'
import { type RawEntry, rawTar } from '../../../../lab/bundles/raw-tar.ts'
import { extractMember } from '../../../../src/build/fetch/extract-member.ts'
import { extractPrograms } from '../../../../src/build/fetch/extract-programs.ts'

let directory: string
const at = (name: string): string => join(directory, name)
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-programs-'))
})
afterEach(() => rm(directory, { recursive: true }))

const content = program('amd64', 3000)
const executable = (path: string): RawEntry => ({ path, content, mode: 0o755 })

async function programsOf(entries: readonly RawEntry[]): Promise<string[]> {
  await writeFile(at('it.tgz'), gzipSync(rawTar([executable('bin/ctr'), ...entries])))
  return extractPrograms(at('it.tgz'), 'amd64', './it.tgz', at('programs'))
}

test('extracts programs, whatever else the archive contains', async () => {
  const script = { path: 'bin/large.sh', content: Buffer.alloc(1_000_000, '#'), mode: 0o755 }
  const link: RawEntry = { path: 'bin/link', type: 'SymbolicLink', linkpath: 'ctr' }
  const paths = await programsOf([script, link, { path: 'README' }, executable('lib/shim')])
  expect(paths).toEqual([join(at('programs'), 'ctr'), join(at('programs'), 'shim')])
  expect(await Promise.all(paths.map(async path => (await stat(path)).size))).toEqual([3000, 3000])
})

const hostile: [string, RawEntry, string][] = [
  ['../', executable('../../evil'), '../../evil leaves the archive'],
  ['.. that stays inside', executable('bin/../evil'), 'bin/../evil contains ..'],
  ['a program called ..', executable('bin/..'), 'bin/.. contains ..'],
  ['an absolute path', executable('/etc/evil'), '/etc/evil leaves the archive'],
  [
    'a link out of it',
    { path: 'bin/x', type: 'SymbolicLink', linkpath: '../../evil' },
    'bin/x -> ../../evil leaves the archive',
  ],
  ['a device', { path: 'bin/sda', type: 'BlockDevice' }, 'bin/sda is a BlockDevice'],
  ['a member twice', executable('./bin/ctr'), 'duplicate member bin/ctr'],
]

test.each([
  ...hostile,
  [
    'two programs of the same name',
    executable('sbin/ctr'),
    'bin/ctr and sbin/ctr have the same name',
  ] as const,
  [
    'a name that a bundle does not allow',
    executable('bin/my ctr'),
    '"bin/my ctr" is not a name for a program in a bundle',
  ] as const,
])('refuses an archive of programs with %s', async (_, entry, message) => {
  await expect(programsOf([entry])).rejects.toMatchObject({
    exitCode: 3,
    message: `cannot unpack ./it.tgz: ${message}`,
    remedy: expect.stringMatching(/^(?:Create the archive again|Use an archive )/),
  })
})

test.each(hostile)('refuses an archive with %s when it extracts one file', async (_, entry, message) => {
  await writeFile(at('it.tgz'), gzipSync(rawTar([executable('bin/ctr'), entry])))
  await expect(extractMember(at('it.tgz'), 'bin/ctr', at('out'), './it.tgz')).rejects.toMatchObject({
    exitCode: 3,
    message: `cannot unpack ./it.tgz: ${message}`,
  })
  expect(await readdir(directory)).toEqual(['it.tgz'])
})
