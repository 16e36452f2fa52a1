import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { expect, onTestFinished, test } from 'vitest'
import { imageDamage, imageFingerprint } from '../../../../src/node/containerd/image-damage.ts'
import { localFiles } from '../../../../src/node/files.ts'
import { boltFile } from './bolt-file.ts'

const sha256 = (bytes: Buffer | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

type Entry = [path: string, content: string | { link: string; type: 'SymbolicLink' | 'Link' }]

function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.map(([path, content]) => {
    const body = Buffer.from(typeof content === 'string' ? content : '')
    const type = typeof content !== 'string' ? content.type : path.endsWith('/') ? 'Directory' : 'File'
    const linkpath = typeof content === 'string' ? '' : content.link
    const block = Buffer.alloc(512)
    new Header({ path, type, linkpath, mode: 0o755, size: body.length, mtime: new Date(0) } as const).encode(
      block,
    )
    return Buffer.concat([block, body, Buffer.alloc(-body.length & 511)])
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const large = 'x'.repeat(1_500_000)

/** A containerd with an image of two layers, as after an import. */
async function importedImage() {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-damage-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const [content, snapshots] = [join(directory, 'content'), join(directory, 'overlayfs')]
  const blobPath = (digest: string): string => join(content, 'blobs', digest.replace(':', '/'))
  await mkdir(join(content, 'blobs/sha256'), { recursive: true })
  const put = async (blob: Buffer | object): Promise<{ digest: string }> => {
    const bytes = Buffer.isBuffer(blob) ? blob : Buffer.from(JSON.stringify(blob))
    await writeFile(blobPath(sha256(bytes)), bytes)
    return { digest: sha256(bytes) }
  }
  const lower = tarOf([
    ['bin/', ''],
    ['bin/sh', 'a shell'],
    ['bin/bash', { link: 'bin/sh', type: 'Link' }],
    ['lib', { link: '/usr/lib', type: 'SymbolicLink' }],
    ['lib/behind-a-link', 'somewhere else'],
    ['large', large],
    ['empty', ''],
  ])
  const upper = tarOf([
    ['./etc/passwd', 'root'],
    ['bin/.wh.sh', ''],
  ])
  const layers = [await put(gzipSync(lower)), await put(upper)]
  const diffs = [sha256(lower), sha256(upper)]
  const config = await put({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: diffs } })
  const manifest = await put({ config, layers })
  const index = await put({
    manifests: [
      { ...manifest, platform: { os: 'linux', architecture: 'amd64' } },
      { digest: sha256('not imported'), platform: { os: 'linux', architecture: 'arm64' } },
    ],
  })
  const names = [diffs[0] ?? '', sha256(diffs.join(' '))]
  const at = (number: 1 | 2, path: string): string => join(snapshots, `snapshots/${number}/fs`, path)
  const unpack = async (number: 1 | 2, path: string, text: string): Promise<void> => {
    await mkdir(dirname(at(number, path)), { recursive: true })
    await writeFile(at(number, path), text)
  }
  await unpack(1, 'bin/sh', 'a shell')
  await unpack(1, 'bin/bash', 'a shell')
  await unpack(1, 'large', large)
  await unpack(1, 'empty', '')
  await symlink('/usr/lib', at(1, 'lib'))
  await unpack(2, 'etc/passwd', 'root')
  const unpacked = (...numbers: readonly (1 | 2)[]) =>
    writeFile(
      join(snapshots, 'metadata.db'),
      boltFile({
        v1: {
          snapshots: Object.fromEntries(
            numbers.map(number => [`k8s.io/${number}/${names[number - 1]}`, { id: Buffer.from([number]) }]),
          ),
        },
      }),
    )
  await unpacked(1, 2)
  return {
    roots: { content, snapshots },
    digests: { index, manifest, config, layers },
    names,
    at,
    blobPath,
    unpacked,
  }
}

type Imported = Awaited<ReturnType<typeof importedImage>>

const none = { content: [], snapshots: [] }
const inLayer =
  (number: 1 | 2, ...files: [path: string, problem: string][]) =>
  (found: Imported) => ({
    content: [],
    snapshots: [
      { name: found.names[number - 1], files: files.map(([path, problem]) => ({ path, problem })) },
    ],
  })
const lost = (of: (digests: Imported['digests']) => { digest: string } | undefined) => (found: Imported) => ({
  content: [of(found.digests)?.digest],
  snapshots: [],
})
type Row = [
  what: string,
  change: (found: Imported) => Promise<unknown> | undefined,
  damage: (found: Imported) => unknown,
]

test.each<Row>([
  ['nothing changed', () => undefined, () => none],
  ['an empty file', ({ at }) => truncate(at(1, 'bin/sh')), inLayer(1, ['/bin/sh', 'empty'])],
  [
    'the empty copy of a hard link',
    ({ at }) => truncate(at(1, 'bin/bash')),
    inLayer(1, ['/bin/bash', 'empty']),
  ],
  [
    'zeros in a small file',
    ({ at }) => writeFile(at(2, 'etc/passwd'), '\0\0\0\0'),
    inLayer(2, ['/etc/passwd', 'different']),
  ],
  [
    'zeros in a large file',
    ({ at }) => writeFile(at(1, 'large'), '\0'.repeat(large.length)),
    inLayer(1, ['/large', 'different']),
  ],
  ['a file cut short', ({ at }) => truncate(at(1, 'large'), 10), inLayer(1, ['/large', 'different'])],
  ['a lost file', ({ at }) => rm(at(1, 'empty')), inLayer(1, ['/empty', 'missing'])],
  [
    'a link to elsewhere',
    ({ at }) => rm(at(1, 'lib')).then(() => symlink('x', at(1, 'lib'))),
    inLayer(1, ['/lib', 'different']),
  ],
  [
    'a lost directory',
    ({ at }) => rm(at(1, 'bin'), { recursive: true }),
    inLayer(1, ['/bin', 'missing'], ['/bin/sh', 'missing'], ['/bin/bash', 'missing']),
  ],
  ['a file that is not from the image', ({ at }) => writeFile(at(1, 'more'), 'more'), () => none],
  ['layers that are not unpacked', ({ unpacked }) => unpacked(), () => none],
  [
    'a lost layer',
    ({ blobPath, digests }) => rm(blobPath(digests.layers[1]?.digest ?? '')),
    lost(({ layers }) => layers[1]),
  ],
  [
    'a layer cut short',
    ({ blobPath, digests }) => truncate(blobPath(digests.layers[0]?.digest ?? ''), 9),
    lost(({ layers }) => layers[0]),
  ],
  [
    'an empty configuration',
    ({ blobPath, digests }) => truncate(blobPath(digests.config.digest)),
    lost(({ config }) => config),
  ],
  [
    'a lost manifest',
    ({ blobPath, digests }) => rm(blobPath(digests.manifest.digest)),
    lost(({ manifest }) => manifest),
  ],
  [
    'zeros instead of the index',
    ({ blobPath, digests }) => writeFile(blobPath(digests.index.digest), '\0\0'),
    lost(({ index }) => index),
  ],
])('finds %s', async (_, change, damage) => {
  const found = await importedImage()
  await change(found)
  const { roots, digests } = found
  expect(await imageDamage(localFiles(), roots, { digest: digests.index.digest, arch: 'amd64' })).toEqual(
    damage(found),
  )
})

test.each([
  ['finds', 'named', [0], 1],
  ['does not look for', 'not named', [1], 0],
] as const)('%s damage to a snapshot that is %s', async (_, __, numbers, count) => {
  const { roots, digests, at, names } = await importedImage()
  await truncate(at(1, 'large'), 10)
  const among = new Set(numbers.map(number => names[number] ?? ''))
  const image = { digest: digests.index.digest, arch: 'amd64' }
  const { snapshots } = await imageDamage(localFiles(), roots, image, { among })
  expect(snapshots).toHaveLength(count)
})

test('does not read an image with the fingerprint of an undamaged one', async () => {
  const { roots, digests, at } = await importedImage()
  const image = [roots, { digest: digests.index.digest, arch: 'amd64' }] as const
  await truncate(at(1, 'bin/sh'))
  const fingerprint = await imageFingerprint(localFiles(), ...image)
  expect(await imageDamage(localFiles(), ...image, { undamaged: fingerprint })).toEqual(none)
  expect(await imageDamage(localFiles(), ...image, { undamaged: `${fingerprint}0` })).not.toEqual(none)
})

/** Inode change times have the resolution of a tick. */
const tick = () => sleep(20)

test.each<[what: string, change: (found: Imported) => Promise<unknown>]>([
  ['an empty file', ({ at }) => truncate(at(1, 'bin/sh'))],
  ['a lost file', ({ at }) => rm(at(1, 'empty'))],
  ['zeros of the same size', ({ at }) => writeFile(at(1, 'large'), '\0'.repeat(large.length))],
  [
    'zeros of the same size and age',
    async ({ at }) => {
      const { atime, mtime } = await stat(at(1, 'large'))
      await writeFile(at(1, 'large'), '\0'.repeat(large.length))
      await utimes(at(1, 'large'), atime, mtime)
    },
  ],
  ['another snapshot', ({ unpacked }) => unpacked(2)],
  ['a lost layer', ({ blobPath, digests }) => rm(blobPath(digests.layers[1]?.digest ?? ''))],
  ['an empty configuration', ({ blobPath, digests }) => truncate(blobPath(digests.config.digest))],
])('the fingerprint changes with %s', async (_, change) => {
  const found = await importedImage()
  const fingerprint = () =>
    imageFingerprint(localFiles(), found.roots, { digest: found.digests.index.digest, arch: 'amd64' })
  const before = await fingerprint()
  expect(await fingerprint()).toBe(before)
  await tick()
  await change(found)
  expect(await fingerprint()).not.toBe(before)
})
