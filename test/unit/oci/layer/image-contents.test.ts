import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Layer, tarOf, writeFilesLayer, writeLayer } from '../../../../lab/registry/oci.ts'
import { BlobStore } from '../../../../src/oci/cache/blob-store.ts'
import { imageContents } from '../../../../src/oci/layer/image-contents.ts'
import { UnpackLimit } from '../../../../src/oci/layer/layer.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-contents-'))
})
afterAll(() => rm(scratch, { recursive: true }))

const layer = (files: Record<string, string>): Promise<Layer> =>
  writeFilesLayer(
    scratch,
    Object.entries(files).map(([path, content]) => {
      const source = Buffer.from(content)
      return { path, mode: 0o644, size: source.length, source }
    }),
  )
const contentsOf = async (...layers: Promise<Layer>[]) =>
  imageContents({ reference: 'app:1', layers: await Promise.all(layers) }, new BlobStore(scratch))

const apk =
  'C:Q1abc=\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:busybox\nV:1.36.1-r29\nA:x86_64\nF:bin\nR:busybox\n\n'
const dpkg =
  'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u9\nDescription: GNU C\n Version: no field\n\nPackage: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n'
const alpine = { 'etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\n' }

test('lists apk packages and the distribution', async () => {
  const { packages, unpackedSizes } = await contentsOf(layer({ ...alpine, 'lib/apk/db/installed': apk }))
  expect(packages).toEqual({
    distribution: { id: 'alpine', version: '3.20.3' },
    packages: [
      { type: 'apk', name: 'busybox', version: '1.36.1-r29', architecture: 'x86_64' },
      { type: 'apk', name: 'musl', version: '1.2.5-r0', architecture: 'x86_64' },
    ],
  })
  expect(unpackedSizes).toEqual([3072])
})

test('lists installed dpkg packages, also of distroless images', async () => {
  const { packages } = await contentsOf(
    layer({
      'var/lib/dpkg/status': dpkg,
      'var/lib/dpkg/status.d/tzdata': 'Package: tzdata\nVersion: 2024a\nArchitecture: all\n',
      'var/lib/dpkg/status.d/tzdata.md5sums': 'Package: no\nVersion: 1\n',
    }),
  )
  expect(packages).toEqual({
    distribution: undefined,
    packages: [
      { type: 'deb', name: 'libc6', version: '2.36-9+deb12u9', architecture: 'amd64' },
      { type: 'deb', name: 'tzdata', version: '2024a', architecture: 'all' },
    ],
  })
})

test('a layer hides files of lower layers', async () => {
  const below = layer({ ...alpine, 'lib/apk/db/installed': apk, 'var/lib/dpkg/status': dpkg })
  const names = async (files: Record<string, string>) =>
    (await contentsOf(below, layer(files))).packages.packages.map(({ name }) => name)
  expect(await names({ other: '' })).toEqual(['busybox', 'musl', 'libc6'])
  expect(await names({ 'lib/apk/db/installed': 'P:new\nV:1\n' })).toEqual(['new', 'libc6'])
  expect(await names({ 'lib/apk/db/.wh.installed': '' })).toEqual(['libc6'])
  expect(await names({ 'lib/.wh..wh..opq': '' })).toEqual(['libc6'])
  expect(await names({ 'var/lib/.wh.dpkg': '' })).toEqual(['busybox', 'musl'])
})

test('lists no packages for an image without a database', async () => {
  const { packages } = await contentsOf(layer({ pause: 'x' }), layer({}))
  expect(packages).toEqual({ distribution: undefined, packages: [] })
})

test('frees the memory of a read layer at once', async () => {
  const source = randomBytes(300_000)
  const noise = await writeFilesLayer(scratch, [{ path: 'noise', mode: 0o644, size: source.length, source }])
  let [lowest, rise] = [Number.POSITIVE_INFINITY, 0]
  for (let count = 0; count < 20; count++) {
    await contentsOf(Promise.resolve(noise))
    const { arrayBuffers } = process.memoryUsage()
    lowest = Math.min(lowest, arrayBuffers)
    rise = Math.max(rise, arrayBuffers - lowest)
  }
  expect(rise).toBeLessThan(2 * 1024 * 1024)
})

test('accepts a tar that ends within a block', async () => {
  async function* cut(): AsyncGenerator<Buffer> {
    yield Buffer.concat([...(await Array.fromAsync(tarOf([]))), Buffer.alloc(100)])
  }
  const { unpackedSizes } = await contentsOf(writeLayer(scratch, cut()))
  expect(unpackedSizes).toEqual([1124])
})

const zeros = (size: number): Promise<Layer> =>
  writeFilesLayer(scratch, [{ path: `zeros-${size}`, mode: 0o644, size, source: Buffer.alloc(size) }])

test('reads no more than its limit, over all layers', async () => {
  const layers = await Promise.all([zeros(4_000_000), zeros(5_000_000)])
  expect(Math.max(...layers.map(({ size }) => size))).toBeLessThan(20_000)
  const image = { reference: 'app:1', layers }
  const contents = (bytes: number) => imageContents(image, new BlobStore(scratch), new UnpackLimit(bytes))
  expect((await contents(9_100_000)).unpackedSizes).toHaveLength(2)
  await expect(contents(8_900_000)).rejects.toMatchObject({
    code: 'image-unusable',
    message: expect.stringMatching(
      /^cannot read layer sha256:\w+ of app:1: it has more than 8\.9 MB of unpacked content$/,
    ),
  })
})

test('keeps no more package databases than its limit', async () => {
  const source = Buffer.alloc(50_000_000)
  const databases = ['a', 'b', 'c'].map(name => ({
    path: `var/lib/dpkg/status.d/${name}`,
    mode: 0o644 as const,
    size: source.length,
    source,
  }))
  await expect(contentsOf(writeFilesLayer(scratch, databases))).rejects.toThrow(
    'it has more than 128.0 MB of package databases',
  )
})

test('names a damaged layer', async () => {
  const whole = await zeros(100_000)
  const bytes = (await readFile(new BlobStore(scratch).path(whole.digest))).subarray(0, 60)
  const store = new BlobStore(join(scratch, 'damaged'))
  const damaged = { ...whole, ...(await store.add(Readable.from([bytes]))) }
  await expect(imageContents({ reference: 'app:1', layers: [damaged] }, store)).rejects.toMatchObject({
    code: 'image-unusable',
    message: `cannot read layer ${damaged.digest} of app:1: it is truncated or damaged`,
  })
})

test('takes twice as long for twice as many whiteouts', async () => {
  const named = (count: number, prefix: string) =>
    layer(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`var/lib/dpkg/status.d/${prefix}${index}`, '']),
      ),
    )
  const seconds = async (count: number): Promise<number> => {
    const layers = [named(count, 'x'), named(count, '.wh.y')]
    await Promise.all(layers)
    const { user } = process.cpuUsage()
    await contentsOf(...layers)
    return process.cpuUsage({ user, system: 0 }).user / 1e6
  }
  await seconds(1000)
  const [once, twice] = [await seconds(8000), await seconds(16_000)]
  expect(twice).toBeLessThan(3 * once)
})
