import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Header, Pax } from 'tar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BlobStore } from '../../../../src/oci/cache/blob-store.ts'
import type { Descriptor } from '../../../../src/oci/descriptor.ts'
import { digestOf } from '../../../../src/oci/digest.ts'
import { extractFile } from '../../../../src/oci/layer/extract-file.ts'
import { UnpackLimit } from '../../../../src/oci/layer/layer.ts'

let directory: string
let store: BlobStore
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-extract-'))
  store = new BlobStore(join(directory, 'store'))
})
afterEach(() => rm(directory, { recursive: true }))

type Entry = [path: string, content: string | Buffer | { symlink: string } | { link: string }]

const directoryMark = '(directory)'
const dir = (path: string): Entry => [path, directoryMark]

/** A layer as builders write it. Uses the Header class of tar, because GNU tar cannot write every order. */
function layerTar(entries: Entry[]): Buffer {
  const blocks = entries.flatMap(([path, content]) => {
    const body = Buffer.isBuffer(content) ? content : Buffer.from(isFile(content) ? content : '')
    const linkpath =
      typeof content === 'string' || Buffer.isBuffer(content)
        ? ''
        : 'link' in content
          ? content.link
          : content.symlink
    const type =
      content === directoryMark
        ? 'Directory'
        : linkpath === ''
          ? 'File'
          : 'link' in Object(content)
            ? 'Link'
            : 'SymbolicLink'
    const fields = { path, type, mode: 0o755, size: body.length, linkpath, mtime: new Date(0) } as const
    const block = Buffer.alloc(512)
    const extended = new Header(fields).encode(block)
    return [
      ...(extended ? [new Pax({ path, linkpath }).encode()] : []),
      block,
      body,
      Buffer.alloc(-body.length & 511),
    ]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const isFile = (content: Entry[1]): content is string =>
  typeof content === 'string' && content !== directoryMark

type Pack = (tar: Buffer) => Buffer

async function imageOf(
  layers: Entry[][],
  pack: Pack = gzipSync,
): Promise<{ reference: string; layers: Descriptor[] }> {
  const descriptors = layers.map(async entries => {
    const bytes = pack(layerTar(entries))
    const digest = digestOf(bytes)
    await store.writeBytes(digest, bytes)
    return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: bytes.length }
  })
  return { reference: 'docker.io/library/x:1', layers: await Promise.all(descriptors) }
}

async function read(layers: Entry[][], path: string, pack?: Pack): Promise<string> {
  const destination = join(directory, 'out')
  const { size, sha256 } = await extractFile(await imageOf(layers, pack), store, path, destination)
  const content = await readFile(destination)
  expect(content.length).toBe(size)
  expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
  return content.toString()
}

describe('finds what a container would see', () => {
  const long = `/opt/${'very-long-directory/'.repeat(12)}tool`
  const cases: Record<string, [layers: Entry[][], path: string, content: string]> = {
    'one layer': [[[['usr/bin/x', '1']]], '/usr/bin/x', '1'],
    'names that begin with ./': [[[dir('./'), dir('./usr/'), ['./usr/x', '1']]], '/usr/x', '1'],
    'an empty file': [
      [
        [
          ['x', ''],
          ['y', '1'],
        ],
      ],
      '/x',
      '',
    ],
    'the topmost of several layers': [[[['x', 'old']], [['x', 'new']], [['y', '']]], '/x', 'new'],
    'the last entry of a layer': [
      [
        [
          ['x', 'first'],
          ['x', 'second'],
        ],
      ],
      '/x',
      'second',
    ],
    'a file deleted and created again': [[[['x', 'old']], [['.wh.x', '']], [['x', 'new']]], '/x', 'new'],
    'a file beside its own whiteout': [
      [
        [['d/x', 'old']],
        [
          ['d/.wh.x', ''],
          ['d/x', 'new'],
        ],
      ],
      '/d/x',
      'new',
    ],
    'a file in an opaque directory': [
      [
        [['d/x', 'old']],
        [
          ['d/x', 'new'],
          ['d/.wh..wh..opq', ''],
        ],
      ],
      '/d/x',
      'new',
    ],
    'a sibling of a deleted file': [
      [
        [
          ['d/x', '1'],
          ['d/xy', '2'],
        ],
        [['d/.wh.x', '']],
      ],
      '/d/xy',
      '2',
    ],
    'a symbolic link beside': [
      [
        [
          ['d/x', '1'],
          ['d/l', { symlink: 'x' }],
        ],
      ],
      '/d/l',
      '1',
    ],
    'an absolute symbolic link': [
      [
        [
          ['x', '1'],
          ['d/l', { symlink: '/x' }],
        ],
      ],
      '/d/l',
      '1',
    ],
    'a symbolic link that climbs out': [
      [
        [
          ['x', '1'],
          ['d/l', { symlink: '../../../../x' }],
        ],
      ],
      '/d/l',
      '1',
    ],
    'a link into a layer above': [
      [
        [
          ['l', { symlink: 'x' }],
          ['x', 'old'],
        ],
        [['x', 'new']],
      ],
      '/l',
      'new',
    ],
    'a linked parent': [
      [
        [
          ['bin', { symlink: 'usr/bin' }],
          ['usr/bin/x', '1'],
        ],
      ],
      '/bin/x',
      '1',
    ],
    'a linked parent in the layer below': [
      [[['bin', { symlink: 'usr/bin' }]], [dir('usr/bin/'), ['usr/bin/x', '1']]],
      '/bin/x',
      '1',
    ],
    'links to links': [
      [
        [
          ['a', { symlink: 'b' }],
          ['b', { symlink: '/c/d' }],
          ['c', { symlink: 'e' }],
          ['e/d/x', '1'],
        ],
      ],
      '/a/x',
      '1',
    ],
    'a directory that replaced a link': [
      [
        [
          ['a', { symlink: 'b' }],
          ['b/x', 'wrong'],
        ],
        [['.wh.a', ''], dir('a/'), ['a/y', '']],
        [['a/x', 'right']],
      ],
      '/a/x',
      'right',
    ],
    'a hard link': [
      [
        [
          ['x', '1'],
          ['y', { link: 'x' }],
        ],
      ],
      '/y',
      '1',
    ],
    'a hard link into the layer below': [[[['x', '1']], [['y', { link: 'x' }]]], '/y', '1'],
    'a hard link to what a layer above replaced': [
      [
        [
          ['x', 'old'],
          ['y', { link: 'x' }],
        ],
        [['x', 'new']],
      ],
      '/y',
      'old',
    ],
    'a long name': [[[[long.slice(1), '1']]], long, '1'],
    'a long link': [
      [
        [
          [long.slice(1), '1'],
          ['l', { symlink: long }],
        ],
      ],
      '/l',
      '1',
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [layers, path, content]) => {
    expect(await read(layers, path)).toBe(content)
  })
})

describe('does not find what a container would not see', () => {
  const cases: Record<string, [layers: Entry[][], path: string, message: string]> = {
    nothing: [
      [[['y', '']]],
      '/x',
      'cannot extract /x from docker.io/library/x:1: the image has no such file',
    ],
    'an empty layer': [
      [[]],
      '/x',
      'cannot extract /x from docker.io/library/x:1: the image has no such file',
    ],
    'a deleted file': [
      [[['d/x', '1']], [['d/.wh.x', '']]],
      '/d/x',
      'cannot extract /d/x from docker.io/library/x:1: the image has no such file',
    ],
    'a deleted directory': [
      [[['d/e/x', '1']], [['.wh.d', '']]],
      '/d/e/x',
      'cannot extract /d/e/x from docker.io/library/x:1: the image has no such file',
    ],
    'an emptied directory': [
      [[['d/e/x', '1']], [['d/.wh..wh..opq', '']]],
      '/d/e/x',
      'cannot extract /d/e/x from docker.io/library/x:1: the image has no such file',
    ],
    'an emptied root': [
      [[['x', '1']], [['.wh..wh..opq', '']]],
      '/x',
      'cannot extract /x from docker.io/library/x:1: the image has no such file',
    ],
    'a file as a parent': [
      [[['d/x', '1']], [['d', 'now a file']]],
      '/d/x',
      'cannot extract /d/x from docker.io/library/x:1: the image has no such file',
    ],
    'a link that a directory replaced': [
      [
        [
          ['a', { symlink: 'b' }],
          ['b/x', '1'],
        ],
        [dir('a/')],
      ],
      '/a/x',
      'cannot extract /a/x from docker.io/library/x:1: the image has no such file',
    ],
    'a broken link': [
      [[['l', { symlink: 'gone' }]]],
      '/l',
      'cannot extract /l from docker.io/library/x:1: the image has no such file (a link to /gone)',
    ],
    'a link to itself': [[[['l', { symlink: 'l' }]]], '/l', 'more than 40 links'],
    'a directory': [
      [[dir('d/')]],
      '/d',
      'cannot extract /d from docker.io/library/x:1: it is a Directory, not a regular file',
    ],
  }
  test.each(Object.entries(cases))('%s', async (_, [layers, path, message]) => {
    await expect(read(layers, path)).rejects.toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringContaining(message) }),
    )
    expect(await readdir(directory)).toEqual(['store'])
  })
})

/** Several frames after a skippable one, as parallel compressors write them. */
function zstdFrames(tar: Buffer): Buffer {
  const half = tar.length >> 1
  const skippable = Buffer.from('502a4d1804000000deadbeef', 'hex')
  return Buffer.concat([
    skippable,
    zstdCompressSync(tar.subarray(0, half)),
    zstdCompressSync(tar.subarray(half)),
  ])
}

function gzipMembers(tar: Buffer): Buffer {
  const half = tar.length >> 1
  return Buffer.concat([gzipSync(tar.subarray(0, half)), gzipSync(tar.subarray(half))])
}

test.each<[string, Pack]>([
  ['plain', tar => tar],
  ['gzip', gzipSync],
  ['gzip with several members', gzipMembers],
  ['zstd', zstdCompressSync],
  ['zstd with several frames', zstdFrames],
])('reads %s layers', async (_, pack) => {
  const content = randomBytes(3_000_000).toString('hex')
  expect(
    await read(
      [
        [
          ['a', 'x'.repeat(100_000)],
          ['b', content],
          ['c', '1'],
        ],
      ],
      '/b',
      pack,
    ),
  ).toBe(content)
})

test('makes the file executable for everyone', async () => {
  await read([[['x', '1']]], '/x')
  expect((await stat(join(directory, 'out'))).mode & 0o777).toBe(0o755)
})

test.each<[string, Pack, string]>([
  ['truncated', tar => tar.subarray(0, 2048), 'it is truncated or damaged'],
  ['truncated gzip', tar => gzipSync(tar).subarray(0, 40), 'it is truncated or damaged'],
  [
    'damaged gzip',
    tar => Buffer.concat([gzipSync(tar).subarray(0, 12), Buffer.alloc(30, 0xff)]),
    'it is truncated or damaged',
  ],
  ['truncated zstd', tar => zstdCompressSync(tar).subarray(0, 20), 'truncated zstd data'],
  ['damaged zstd', tar => zstdCompressSync(tar).fill(0xff, 14, 60), 'it is truncated or damaged'],
])('fails for a %s layer', async (_, pack, reason) => {
  await expect(read([[['x', randomBytes(5000)]]], '/x', pack)).rejects.toMatchObject({
    code: 'image-unusable',
    message: expect.stringMatching(new RegExp(`^cannot extract /x from \\S+: ${reason}$`)),
  })
})

test('passes on what the disk reports', async () => {
  const image = await imageOf([[['x', '1']]])
  await expect(extractFile(image, store, '/x', join(directory, 'missing', 'out'))).rejects.toMatchObject({
    code: 'ENOENT',
  })
})

test('refuses a file that is too large before it is written', async () => {
  const block = Buffer.alloc(512)
  new Header({ path: 'x', type: 'File', mode: 0o755, size: 3_000_000_000, mtime: new Date(0) }).encode(block)
  await expect(read([[['other', '1']]], '/x', () => gzipSync(block))).rejects.toThrow(
    'it has 3.0 GB, more than 2.0 GB',
  )
})

test('unpacks no more than its limit, over all layers and links', async () => {
  const image = await imageOf([[['zeros', Buffer.alloc(3_000_000)]], [['x', { symlink: 'y' }]]])
  const extract = (bytes: number) =>
    extractFile(image, store, '/x', join(directory, 'out'), new UnpackLimit(bytes))
  await expect(extract(9_000_000)).rejects.toThrow('the image has no such file (a link to /y)')
  await expect(extract(2_000_000)).rejects.toThrow('it has more than 2.0 MB of unpacked content')
})
