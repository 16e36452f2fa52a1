import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Parser } from 'tar'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { brokerImage, installationPackage, pauseImage } from '../../lab/registry/images.ts'
import { type Descriptor, rootOf } from '../../lab/registry/oci.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { readInChunks } from '../../src/lib/byte-source.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { extractFile } from '../../src/oci/layer/extract-file.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry } from '../../src/oci/registry/registry.ts'
import { type PulledImage, pullImage } from '../../src/oci/sources/pull.ts'
import { ociArchive } from '../../src/oci/write-archive.ts'

const native = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'

let directory: string
let server: LabRegistry
let registry: Registry
let store: BlobStore
let edgecore: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-archive-'))
  store = new BlobStore(directory)
  edgecore = join(directory, 'edgecore')
  await writeFile(edgecore, 'edgecore'.repeat(100_000))
  server = await startRegistry()
  registry = new Registry({
    mirrors: parseMirrors([`docker.io=${server.url}`, `registry.k8s.io=${server.url}`]),
  })
  await Promise.all([
    pushImage(server.url, 'library/eclipse-mosquitto', '2.0', await brokerImage()),
    pushImage(server.url, 'pause', '3.10', await pauseImage('3.10')),
    pushImage(server.url, 'kubeedge/installation-package', 'v1', await installationPackage(edgecore, 'v1')),
  ])
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

const pull = (reference: string, platform: PulledImage['platform'] = native): Promise<PulledImage> =>
  pullImage({ reference, platform, registry, store })

async function archiveOf(image: PulledImage): Promise<Buffer> {
  const parts: Buffer[] = []
  const fresh = () => Buffer.from(new ArrayBuffer(1 << 18))
  for await (const part of readInChunks(ociArchive(image, store).source, fresh)) parts.push(part)
  return Buffer.concat(parts)
}

/** The members of a tar, in their order. */
function membersOf(tar: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>()
  const parser = new Parser({
    strict: true,
    onReadEntry: entry => {
      const parts: Buffer[] = []
      entry.on('data', part => parts.push(part))
      entry.on('end', () => members.set(entry.path, Buffer.concat(parts)))
    },
  })
  parser.end(tar)
  return members
}

const jsonIn = (members: Map<string, Buffer>, path: string) => JSON.parse(members.get(path)?.toString() ?? '')

test('the archive is an OCI image layout, and every blob matches its name', async () => {
  const image = await pull('eclipse-mosquitto:2.0')
  const members = membersOf(await archiveOf(image))
  const [layout, index, ...blobs] = members.keys()
  expect([layout, index]).toEqual(['oci-layout', 'index.json'])
  expect(jsonIn(members, 'oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' })
  expect(blobs).toEqual(blobs.toSorted())
  expect(blobs).toHaveLength(3 + image.layers.length)
  for (const path of blobs)
    expect(path).toBe(`blobs/${digestOf(members.get(path) ?? Buffer.alloc(0)).replace(':', '/')}`)
})

test('the archive names the image by tag and by the digest in the registry', async () => {
  const image = await pull('eclipse-mosquitto:2.0')
  const { mediaType, digest, size } = await rootOf(await brokerImage())
  const name = 'docker.io/library/eclipse-mosquitto'
  const root = { mediaType, digest, size }
  const annotations = (full: string, short: string) => ({
    'io.containerd.image.name': full,
    'org.opencontainers.image.ref.name': short,
  })
  expect(jsonIn(membersOf(await archiveOf(image)), 'index.json').manifests).toEqual([
    { ...root, annotations: annotations(`${name}:2.0`, '2.0') },
    { ...root, annotations: annotations(`${name}@${digest}`, digest) },
  ])
})

test('an image pulled by digest alone has one name', async () => {
  const { digest } = await rootOf(await pauseImage('3.10'))
  const image = await pull(`registry.k8s.io/pause@${digest}`)
  const { manifests } = jsonIn(membersOf(await archiveOf(image)), 'index.json')
  expect(manifests.map((entry: { annotations: object }) => Object.values(entry.annotations)[0])).toEqual([
    `registry.k8s.io/pause@${digest}`,
  ])
})

test('the index in the archive is the served one, which lists more platforms', async () => {
  const image = await pull('eclipse-mosquitto:2.0')
  const members = membersOf(await archiveOf(image))
  const { manifests } = jsonIn(members, `blobs/${image.root.digest.replace(':', '/')}`) as {
    manifests: Descriptor[]
  }
  const there = manifests.filter(({ digest }) => members.has(`blobs/${digest.replace(':', '/')}`))
  expect(manifests.length).toBeGreaterThan(3)
  expect(there.map(({ digest }) => digest)).toEqual([image.manifest.digest])
})

test('the archive is reproducible', async () => {
  const image = await pull('eclipse-mosquitto:2.0')
  const first = await archiveOf(image)
  const again = new BlobStore(join(directory, 'again'))
  const pulled = await pullImage({
    reference: 'eclipse-mosquitto:2.0',
    platform: native,
    registry,
    store: again,
  })
  expect(pulled).toEqual(image)
  expect((await archiveOf(pulled)).equals(first)).toBe(true)
})

test.each(['linux/amd64', 'linux/arm64'] as const)(
  'programs come out of the installation package for %s',
  async platform => {
    const image = await pull('kubeedge/installation-package:v1', platform)
    const machine = async (name: string): Promise<number> => {
      const destination = join(directory, name)
      const { size } = await extractFile(image, store, `/usr/local/bin/${name}`, destination)
      const content = await readFile(destination)
      expect(content.length).toBe(size)
      return content.readUInt16LE(18)
    }
    expect(await machine('keadm')).toBe(platform === 'linux/arm64' ? 183 : 62)
    await extractFile(image, store, '/usr/local/bin/edgecore', join(directory, 'edgecore.out'))
    const isNative = platform === native
    expect((await readFile(join(directory, 'edgecore.out'))).equals(await readFile(edgecore))).toBe(isNative)
  },
)

test('finds a program through the links of a merged /usr and in a lower layer', async () => {
  const image = await pull('eclipse-mosquitto:2.0')
  const sizes = await Promise.all(
    ['/bin/sh', '/usr/bin/sh', '/usr/bin/busybox'].map(
      async (path, index) => (await extractFile(image, store, path, join(directory, `sh-${index}`))).size,
    ),
  )
  expect(new Set(sizes).size).toBe(1)
  await expect(extractFile(image, store, '/usr/local/bin/edgecore', join(directory, 'none'))).rejects.toThrow(
    'cannot extract /usr/local/bin/edgecore from docker.io/library/eclipse-mosquitto:2.0: the image has no such file',
  )
})
