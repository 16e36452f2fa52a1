import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readInChunks } from '../../../src/lib/byte-source.ts'
import { sourceDate, type TarMember, tarEnd, tarMember } from '../../../src/tar/write.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-tar-'))
})
afterEach(() => rm(directory, { recursive: true }))

async function archive(members: TarMember[], mtime?: Date): Promise<Buffer> {
  const parts: Buffer[] = []
  const sources = [...members.flatMap(member => tarMember(member, mtime)), tarEnd()]
  for await (const part of readInChunks(sources, () => Buffer.from(new ArrayBuffer(1000)))) parts.push(part)
  return Buffer.concat(parts)
}

const member = (
  path: string,
  source: Buffer | string,
  size: number,
  mode: 0o644 | 0o755 = 0o644,
): TarMember => ({
  path,
  mode,
  size,
  source,
})

test('writes what GNU tar lists and extracts', async () => {
  const file = join(directory, 'source')
  await writeFile(file, 'x'.repeat(3_000_000))
  const blob = `blobs/sha256/${'a'.repeat(64)}`
  const deep = `${'d'.repeat(90)}/${'e'.repeat(90)}`
  const tar = await archive([
    member('empty', Buffer.alloc(0), 0),
    member('bin/tool', Buffer.from('#!'), 2, 0o755),
    member(blob, file, 3_000_000),
    member(deep, Buffer.alloc(512, 'b'), 512),
  ])
  expect(tar.length % 512).toBe(0)
  const listing = execFileSync('tar', ['--full-time', '--utc', '--numeric-owner', '-tvf', '-'], {
    input: tar,
    encoding: 'utf8',
  })
  expect(
    listing
      .trim()
      .split('\n')
      .map(line => line.split(/\s+/).slice(0, 3).concat(line.split(/\s+/).slice(5))),
  ).toEqual([
    ['-rw-r--r--', '0/0', '0', 'empty'],
    ['-rwxr-xr-x', '0/0', '2', 'bin/tool'],
    ['-rw-r--r--', '0/0', '3000000', blob],
    ['-rw-r--r--', '0/0', '512', deep],
  ])
  expect(listing).toContain('1970-01-01 00:00:00')
  const content = execFileSync('tar', ['-xOf', '-', 'bin/tool', deep], { input: tar, encoding: 'utf8' })
  expect(content).toBe(`#!${'b'.repeat(512)}`)
})

test('writes the same bytes at any time', async () => {
  const members = [member('a', Buffer.from('1'), 1)]
  const first = await archive(members)
  vi.useFakeTimers({ now: Date.now() + 86_400_000, toFake: ['Date'] })
  expect((await archive(members)).equals(first)).toBe(true)
  vi.useRealTimers()
  expect((await archive(members, new Date(5000))).equals(first)).toBe(false)
})

test.each([
  [Buffer.from('abc'), 2, 'more than 2 bytes'],
  [Buffer.from('abc'), 4, 'only 3 bytes'],
])('refuses a source of another size', async (source, size, message) => {
  await expect(archive([member('blob', source, size)])).rejects.toThrow(message)
})

test('names the member when its file shrank', async () => {
  const file = join(directory, 'source')
  await writeFile(file, 'short')
  await expect(archive([member('images/x.tar', file, 9)])).rejects.toThrow('images/x.tar: expected 9 bytes')
})

test.each(['p'.repeat(300), 'a b', 'ü'])('refuses a name that is not portable: %s', async path => {
  await expect(archive([member(path, Buffer.alloc(0), 0)])).rejects.toThrow('does not fit a plain tar header')
})

test('uses SOURCE_DATE_EPOCH, or 1970', () => {
  expect(sourceDate({})).toEqual(new Date(0))
  expect(sourceDate({ SOURCE_DATE_EPOCH: '1700000000' })).toEqual(new Date('2023-11-14T22:13:20Z'))
  expect(() => sourceDate({ SOURCE_DATE_EPOCH: 'yesterday' })).toThrow(
    expect.objectContaining({ exitCode: 2 }),
  )
})
