import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { snapshotDirectories } from '../../../../src/node/containerd/snapshot-directories.ts'
import { localFiles } from '../../../../src/node/files.ts'
import { boltFile } from './bolt-file.ts'

async function rootWith(database?: Buffer): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'edgekit-snapshots-'))
  onTestFinished(() => rm(root, { recursive: true }))
  if (database) await writeFile(join(root, 'metadata.db'), database)
  return root
}

test('reads what containerd 1.6.20 has written', async () => {
  const packed = await readFile('test/fixtures/containerd/overlayfs-metadata-1.6.20.db.gz')
  const root = await rootWith(gunzipSync(packed))
  expect([...(await snapshotDirectories(localFiles(), root))]).toEqual([
    ['sha256:815b6848724d46516d771cdf000ca01f4383a5a1aa49c7b2f3474454bef9422a', `${root}/snapshots/1/fs`],
    ['sha256:62bde05c4e863e165630f03b1f72b0d0687eaf983e5cbb8d6e579ff2200f1bdd', `${root}/snapshots/2/fs`],
    ['mosquitto', `${root}/snapshots/4/fs`],
    ['sha256:551c5ec2b6f8a61455d539dc8c73c904f85161e2388e9ce2e703bf5128416f34', `${root}/snapshots/5/fs`],
  ])
})

const id = (...bytes: number[]) => ({ id: Buffer.from(bytes), kind: Buffer.from([3]) })

test.each([
  ['of namespace k8s.io only', { 'default/1/a': id(1), 'k8s.io/2/b': id(2) }, { b: 2 }],
  ['with a number of two bytes', { 'k8s.io/2/b': id(0x81, 0x02) }, { b: 257 }],
  ['the newest of a name', { 'k8s.io/10/b': id(7), 'k8s.io/9/b': id(3) }, { b: 7 }],
  ['with a slash in its name', { 'k8s.io/1/a/b': id(1) }, { 'a/b': 1 }],
  ['none', {}, {}],
])('finds snapshots %s', async (_, snapshots, expected) => {
  const root = await rootWith(boltFile({ a: Buffer.from('before'), v1: { parents: {}, snapshots } }))
  const directories = Object.entries(expected).map(([name, number]) => [
    name,
    `${root}/snapshots/${number}/fs`,
  ])
  expect([...(await snapshotDirectories(localFiles(), root))]).toEqual(directories)
})

test('finds none without a database', async () => {
  expect([...(await snapshotDirectories(localFiles(), await rootWith()))]).toEqual([])
})

const good = boltFile({ v1: { snapshots: { 'k8s.io/2/b': id(2) } } })
const changed = (at: number): Buffer => {
  const bytes = Buffer.from(good)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 255, at)
  return bytes
}

test.each([
  ['empty', Buffer.alloc(0)],
  ['another file', Buffer.from('SQLite format 3\0'.repeat(1000))],
  ['cut short', good.subarray(0, 3 * 4096)],
  ['a page in the wrong place', changed(5 * 4096)],
  ['a page of no kind', changed(5 * 4096 + 8)],
])('a damaged database: %s', async (_, database) => {
  const root = await rootWith(database)
  await expect(snapshotDirectories(localFiles(), root)).rejects.toThrow(`cannot read ${root}/metadata.db: `)
})

test('a commit that is half written does not count', async () => {
  // The checksum of the later commit; the one before has no snapshots.
  const root = await rootWith(changed(16 + 60))
  expect([...(await snapshotDirectories(localFiles(), root))]).toEqual([])
})

test('reads again when a commit came in between', async () => {
  const root = await rootWith(good)
  const files = localFiles()
  let reads = 0
  const bytes = async (path: string) => (++reads === 1 ? good.subarray(0, 4096) : files.bytes(path))
  expect((await snapshotDirectories({ ...files, bytes }, root)).size).toBe(1)
})
