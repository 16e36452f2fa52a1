import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type RawEntry, rawTar } from '../../../lab/bundles/raw-tar.ts'
import { eachArchiveMember } from '../../../src/tar/entries.ts'

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(archive: Buffer, pieces = 700): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  await eachArchiveMember(inPieces(archive, pieces), async member => {
    if (member.kind === 'link') found[member.path] = `-> ${member.target}`
    else {
      const parts: Uint8Array[] = []
      // Read slower than the archive arrives.
      for await (const part of member.content) {
        await new Promise(resolve => setImmediate(resolve))
        parts.push(part)
      }
      found[member.path] = Buffer.concat(parts).toString()
    }
  })
  return found
}

const long = 'x'.repeat(5000)
const good: RawEntry[] = [
  { path: './dir/', type: 'Directory' },
  { path: './dir/a', content: long },
  { path: 'b', content: 'b' },
  { path: 'empty' },
  { path: 'dir/link', type: 'SymbolicLink', linkpath: '../b' },
  { path: 'hard', type: 'Link', linkpath: 'dir/a' },
]
const expected = { 'dir/a': long, b: 'b', empty: '', 'dir/link': '-> b', hard: '-> dir/a' }

test.each([1, 512, 700, 100_000])('visits members in order, with chunks of %d bytes', async pieces => {
  expect(await read(rawTar(good), pieces)).toEqual(expected)
})

test('accepts a gzipped archive', async () => {
  expect(await read(gzipSync(rawTar(good)))).toEqual(expected)
})

test('skips members that the visitor does not read', async () => {
  const paths: string[] = []
  await eachArchiveMember(inPieces(rawTar(good), 700), async ({ path }) => {
    paths.push(path)
  })
  expect(paths).toEqual(Object.keys(expected))
})

describe('refuses', () => {
  test.each<[string, RawEntry[], string]>([
    ['a path with ..', [{ path: '../evil' }], '../evil'],
    ['a path with .. that stays inside', [{ path: 'a/../b' }], 'a/../b contains ..'],
    ['an absolute path', [{ path: '/etc/passwd' }], '/etc/passwd leaves the archive'],
    [
      'a link out of the archive',
      [{ path: 'a/b', type: 'SymbolicLink', linkpath: '../../etc/passwd' }],
      'a/b -> ../../etc/passwd leaves the archive',
    ],
    [
      'an absolute link',
      [{ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
      'a -> /etc/passwd leaves the archive',
    ],
    [
      'a hard link out of the archive',
      [{ path: 'a/b', type: 'Link', linkpath: '../b' }],
      'leaves the archive',
    ],
    ['a character device', [{ path: 'null', type: 'CharacterDevice' }], 'null is a CharacterDevice'],
    ['a block device', [{ path: 'sda', type: 'BlockDevice' }], 'sda is a BlockDevice'],
    ['a FIFO', [{ path: 'pipe', type: 'FIFO' }], 'pipe is a FIFO'],
    ['a duplicate member', [{ path: 'a' }, { path: './a' }], 'duplicate member a'],
    [
      'a file and a link with one name',
      [{ path: 'a' }, { path: 'a', type: 'SymbolicLink', linkpath: 'b' }],
      'duplicate member a',
    ],
    ['a member larger than the archive', [{ path: 'a', content: 'x', size: 1e6 }], 'Truncated input'],
  ])('%s', async (_, entries, message) => {
    const failure = read(rawTar([{ path: 'first', content: long }, ...entries]))
    await expect(failure).rejects.toThrow(expect.objectContaining({ exitCode: 3 }))
    await expect(failure).rejects.toThrow(message)
  })

  test.each([
    ['other data', Buffer.alloc(2048, 'text '), 'checksum failure'],
    ['a truncated archive', rawTar(good).subarray(0, 3000), 'Truncated input'],
    ['truncated gzip', gzipSync(rawTar(good)).subarray(0, 60), 'unexpected end of file'],
    ['damaged gzip', damaged(gzipSync(rawTar(good), { level: 0 })), 'incorrect data check'],
  ])('%s', async (_, archive, message) => {
    await expect(read(archive)).rejects.toThrow(message)
  })

  test('a failing source, with its own error', async () => {
    const broken = async function* () {
      yield rawTar(good).subarray(0, 2000)
      throw new Error('disk gone')
    }
    const visit = async (member: { kind: string; content?: AsyncIterable<Uint8Array> }) => {
      if (member.content !== undefined) for await (const _ of member.content);
    }
    await expect(eachArchiveMember(broken(), visit)).rejects.toThrow('disk gone')
  })

  test('what the visitor refuses', async () => {
    const visit = () => Promise.reject(new Error('not this one'))
    await expect(eachArchiveMember(inPieces(rawTar(good), 700), visit)).rejects.toThrow('not this one')
  })
})

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[2000] = (copy[2000] ?? 0) ^ 1
  return copy
}
