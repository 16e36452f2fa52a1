import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type RawEntry, rawTar } from '../../lab/bundles/raw-tar.ts'
import { type AppImage, writeAppImage } from '../../lab/registry/app-image.ts'
import { blobPath, rootOf } from '../../lab/registry/oci.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { fetchImage, resolveImage, type WantedImage } from '../../src/oci/sources/fetch-image.ts'

let directory: string
let app: AppImage
let other: AppImage
let store: BlobStore

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-sources-'))
  app = await writeAppImage(join(directory, 'app'))
  other = await writeAppImage(join(directory, 'other'))
})
afterAll(() => rm(directory, { recursive: true }))
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
})

async function take(source: string, image: Partial<WantedImage> = {}) {
  const wanted = { reference: 'app:1.0', source, ...image }
  const options = { platform: 'linux/amd64', registry: undefined, store, programs: localPrograms() } as const
  return await fetchImage({ ...wanted, ...options })
}

async function expectApp(source: string): Promise<void> {
  const taken = await take(source)
  expect(taken).toMatchObject({ reference: 'docker.io/library/app:1.0', root: await rootOf(app.layout) })
  expect(taken.layers.map(({ digest }) => digest)).toEqual(app.layers.map(({ digest }) => digest))
  for (const { digest, size } of [taken.root, taken.manifest, taken.config, ...taken.layers]) {
    const bytes = await store.read(digest)
    expect([digestOf(bytes), bytes.length]).toEqual([digest, size])
  }
}

/** A layout with both images, with names. */
async function namedLayout(): Promise<string> {
  const layout = await mkdtemp(join(directory, 'named-'))
  for (const { layout: from } of [app, other]) {
    await cp(join(from, 'blobs'), join(layout, 'blobs'), { recursive: true })
  }
  const entry = async (image: AppImage, annotations: Record<string, string>) => ({
    ...(await rootOf(image.layout)),
    annotations,
  })
  const manifests = [
    await entry(app, {
      'io.containerd.image.name': 'docker.io/library/app:1.0',
      'org.opencontainers.image.ref.name': '1.0',
    }),
    await entry(other, { 'org.opencontainers.image.ref.name': 'second' }),
  ]
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  return layout
}

async function archived(layout: string, ...options: string[]): Promise<string> {
  const file = `${await mkdtemp(join(directory, 'archive-'))}/image.tar`
  await execa('tar', ['-cf', file, ...options, '-C', layout, '.'])
  return file
}

describe('OCI', () => {
  test('takes a directory unchanged', () => expectApp(`oci:${app.layout}`))
  test('takes an archive, compressed or not', async () => {
    await expectApp(`oci-archive:${await archived(app.layout)}`)
    store = new BlobStore(await mkdtemp(join(directory, 'store-')))
    await expectApp(`oci-archive:${await archived(app.layout, '--gzip')}`)
    // Now everything is in the store already.
    await expectApp(`oci-archive:${await archived(app.layout)}`)
  })

  test('selects one of several images by name', async () => {
    const layout = await namedLayout()
    await expectApp(`oci:${layout}`)
    await expectApp(`oci-archive:${await archived(layout)}`)
    await expectApp(`oci:${layout}:app:1.0`)
    expect((await take(`oci:${layout}:second`)).root).toEqual(await rootOf(other.layout))
    const all = 'docker.io/library/app:1.0, 1.0, second'
    await expect(take(`oci:${layout}:third`)).rejects.toThrow(`it has no image third (images: ${all})`)
    await expect(take(`oci:${layout}`, { reference: 'unknown:1' })).rejects.toThrow(
      `it has several images; append :NAME (images: ${all})`,
    )
  })

  test('resolves an image without its layers', async () => {
    const options = {
      platform: 'linux/amd64',
      registry: undefined,
      store,
      programs: localPrograms(),
    } as const
    const found = await resolveImage({ reference: 'app:1.0', source: `oci:${app.layout}`, ...options })
    expect(found.root).toMatchObject(await rootOf(app.layout))
    expect(await store.sizeOf(found.manifest.digest)).toBe(found.manifest.size)
    expect(await store.sizeOf(app.layers[0]?.digest as string)).toBeUndefined()
  })

  test('refuses another digest than that of the reference', async () => {
    const { digest } = await rootOf(app.layout)
    await take(`oci:${app.layout}`, { reference: `app:1.0@${digest}` })
    await expect(take(`oci:${other.layout}`, { reference: `app:1.0@${digest}` })).rejects.toThrow(
      `expected content with digest ${digest}`,
    )
  })

  test('refuses a damaged blob and does not keep it', async () => {
    const layout = await mkdtemp(join(directory, 'damaged-'))
    await cp(app.layout, layout, { recursive: true })
    const { digest } = app.layers[0] as { digest: string }
    await writeFile(blobPath(layout, digest), 'other')
    await expect(take(`oci:${layout}`)).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringContaining(`${digest} ended after 5 of`),
      }),
    )
    await expect(take(`oci-archive:${await archived(layout)}`)).rejects.toThrow(
      `expected content with digest ${digest}`,
    )
    expect(await store.sizeOf(digest)).toBeUndefined()
  })

  test('refuses a missing blob, and one larger than its descriptor states', async () => {
    const layout = await mkdtemp(join(directory, 'partial-'))
    await cp(app.layout, layout, { recursive: true })
    const { digest } = app.layers[0] as { digest: string }
    await rm(blobPath(layout, digest))
    await expect(take(`oci-archive:${await archived(layout)}`)).rejects.toThrow(
      `${digest} is missing, but part of`,
    )
    await expect(take(`oci:${layout}`)).rejects.toThrow(`${digest} is missing, but part of the image`)
    const index = JSON.parse(await readFile(join(app.layout, 'index.json'), 'utf8'))
    index.manifests[0].size -= 1
    await writeFile(join(layout, 'index.json'), JSON.stringify(index))
    await expect(take(`oci-archive:${await archived(layout)}`)).rejects.toThrow(/its descriptor states \d+/)
  })

  test('refuses a directory with a link that leaves it', async () => {
    const layout = await mkdtemp(join(directory, 'linked-'))
    await cp(app.layout, layout, { recursive: true })
    const { digest } = app.layers[0] as { digest: string }
    await rm(blobPath(layout, digest))
    await symlink(blobPath(app.layout, digest), blobPath(layout, digest))
    await expect(take(`oci:${layout}`)).rejects.toThrow(`${digest} is a link that leaves the directory`)
  })

  test('refuses an image for other platforms', async () => {
    const layout = await mkdtemp(join(directory, 'platform-'))
    const { manifests } = JSON.parse(
      (await readFile(blobPath(app.layout, (await rootOf(app.layout)).digest))).toString(),
    )
    await cp(app.layout, layout, { recursive: true })
    await writeFile(join(layout, 'index.json'), JSON.stringify({ manifests: [manifests[1]] }))
    await expect(take(`oci:${layout}`)).rejects.toThrow('it is built for linux/arm64, not linux/amd64')
  })
})

/** Output of docker save before version 25: uncompressed layers, no manifest; the second layer is a link. */
function dockerArchive(change: { config?: object; manifest?: object; more?: RawEntry[] } = {}) {
  const layer = rawTar([{ path: 'data', content: randomBytes(100_000) }])
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digestOf(layer), digestOf(layer)] },
      ...change.config,
    }),
  )
  const name = `${digestOf(config).slice('sha256:'.length)}.json`
  const layers = ['one/layer.tar', 'two/layer.tar']
  const entries: RawEntry[] = [
    { path: 'one/', type: 'Directory' },
    { path: 'one/VERSION', content: '1.0' },
    { path: 'one/json', content: '{}' },
    { path: 'one/layer.tar', content: layer },
    { path: 'two/layer.tar', type: 'SymbolicLink', linkpath: '../one/layer.tar' },
    { path: name, content: config },
    ...(change.more ?? []),
    {
      path: 'manifest.json',
      content: JSON.stringify([{ Config: name, RepoTags: ['app:1.0'], Layers: layers, ...change.manifest }]),
    },
    { path: 'repositories', content: '{}' },
  ]
  return { layer, config, bytes: rawTar(entries) }
}

async function saved(bytes: Buffer): Promise<string> {
  const file = `${await mkdtemp(join(directory, 'saved-'))}/image.tar`
  await writeFile(file, bytes)
  return file
}

describe('docker save', () => {
  test('before version 25: keeps the layers and creates a manifest', async () => {
    const { layer, config, bytes } = dockerArchive()
    const file = await saved(bytes)
    const taken = await take(`docker-archive:${file}`)
    expect(taken.layers.map(({ digest, size }) => [digest, size])).toEqual([
      [digestOf(layer), layer.length],
      [digestOf(layer), layer.length],
    ])
    expect(taken.layers[0]?.mediaType).toBe('application/vnd.oci.image.layer.v1.tar')
    expect(taken.diffIds).toEqual([digestOf(layer), digestOf(layer)])
    expect(taken.config.digest).toBe(digestOf(config))
    expect(JSON.parse((await store.read(taken.manifest.digest)).toString())).toMatchObject({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: taken.config,
      layers: taken.layers,
    })
    expect(await take(`docker-archive:${file}:app:1.0`)).toEqual(taken)
    expect(await take(`docker-archive:${await saved(gzipSync(bytes))}`)).toEqual(taken)
  })

  test('from version 25 on: takes the OCI layout', async () => {
    const layout = await namedLayout()
    await writeFile(join(layout, 'manifest.json'), '[]')
    await expectApp(`docker-archive:${await archived(layout)}`)
  })

  test('verifies compressed layers by their diff_id', async () => {
    const layer = rawTar([{ path: 'data', content: 'x' }])
    const packed = gzipSync(layer)
    const more = [{ path: 'packed.tar.gz', content: packed }]
    const diffIds = { rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } }
    const { bytes } = dockerArchive({ config: diffIds, manifest: { Layers: ['packed.tar.gz'] }, more })
    const taken = await take(`docker-archive:${await saved(bytes)}`)
    expect(taken.layers).toEqual([
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: digestOf(packed),
        size: packed.length,
      },
    ])
  })

  test.each<[string, Parameters<typeof dockerArchive>[0], string]>([
    [
      'a layer that does not match the config',
      { config: { rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`, `sha256:${'0'.repeat(64)}`] } } },
      'one/layer.tar has diff_id sha256:',
    ],
    [
      'too few layers',
      { manifest: { Layers: ['one/layer.tar'] } },
      'it has 1 layers, but its config lists 2',
    ],
    ['a missing layer', { manifest: { Layers: ['a', 'b'] } }, 'a is missing, but listed in manifest.json'],
    ['another architecture', { config: { architecture: 'arm64' } }, 'is built for linux/arm64'],
    [
      'a link out of it',
      { more: [{ path: 'x', type: 'SymbolicLink', linkpath: '../y' }] },
      'x -> ../y leaves the archive',
    ],
    ['a device', { more: [{ path: 'x', type: 'BlockDevice' }] }, 'x is a BlockDevice'],
    ['a path that leaves it', { more: [{ path: '../../x', content: 'x' }] }, '../../x leaves the archive'],
    [
      'a duplicate member',
      { more: [{ path: 'one/layer.tar', content: 'x' }] },
      'duplicate member one/layer.tar',
    ],
  ])('%s is refused', async (_, change, message) => {
    const file = await saved(dockerArchive(change).bytes)
    await expect(take(`docker-archive:${file}`)).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringMatching(/^cannot take docker.io\/library\/app:1.0 from docker-archive:/),
      }),
    )
    await expect(take(`docker-archive:${file}`)).rejects.toThrow(message)
  })
})

test.each([
  ['oci-archive:/absent.tar', 'no such file or directory'],
  ['docker-archive:/absent.tar', 'no such file or directory'],
  ['oci:/absent', 'no such file or directory'],
  ['oci-archive:/tmp', 'it is a directory; use oci: for directories'],
])('refuses %s: %s', async (source, message) => {
  await expect(take(source)).rejects.toThrow(`cannot take docker.io/library/app:1.0 from ${source}: `)
  await expect(take(source)).rejects.toThrow(message)
})

test('names the kind of an archive given as another', async () => {
  await expect(take(`oci-archive:${await saved(dockerArchive().bytes)}`)).rejects.toThrow(
    'use docker-archive: for the output of docker save',
  )
  await expect(take(`docker-archive:${await saved(rawTar([{ path: 'x' }]))}`)).rejects.toThrow(
    'not an image archive',
  )
})

describe('docker-daemon', () => {
  async function docker(script: string): Promise<void> {
    const bin = await mkdtemp(join(directory, 'bin-'))
    await mkdir(bin, { recursive: true })
    await writeFile(join(bin, 'docker'), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, 'docker'), 0o755)
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`)
  }

  test('takes an image through docker save', async () => {
    const { layer, bytes } = dockerArchive()
    const file = await saved(bytes)
    await docker(`test "$*" = "save app:1.0" && exec cat ${file}`)
    expect((await take('docker-daemon:app:1.0')).layers[0]?.digest).toBe(digestOf(layer))
  })

  test('passes on the error of docker', async () => {
    await docker('echo "Cannot connect to the Docker daemon" >&2; exit 1')
    await expect(take('docker-daemon:app:1.0')).rejects.toThrow(
      'docker save app:1.0: exit code 1: Cannot connect to the Docker daemon',
    )
  })

  test('refuses the output of a killed docker', async () => {
    const file = await saved(dockerArchive().bytes.subarray(0, 60_000))
    await docker(`cat ${file}; echo killed >&2; exit 137`)
    await expect(take('docker-daemon:app:1.0')).rejects.toThrow('exit code 137: killed')
  })

  test('reports that docker is not installed', async () => {
    vi.stubEnv('PATH', '/nonexistent')
    await expect(take('docker-daemon:app:1.0')).rejects.toThrow('docker: not found on this machine')
  })
})
