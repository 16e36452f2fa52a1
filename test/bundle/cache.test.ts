import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { edgekitExecutable } from '../../lab/bundles/executable.ts'
import { type AppImage, writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, startFront } from '../../lab/registry/front.ts'
import { rootOf } from '../../lab/registry/oci.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { cacheContents, pruneCache } from '../../src/oci/cache/cache-contents.ts'
import type { Descriptor } from '../../src/oci/descriptor.ts'
import { digestOf } from '../../src/oci/digest.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry } from '../../src/oci/registry/registry.ts'
import { fetchImages } from '../../src/oci/sources/fetch-image.ts'
import type { PulledImage } from '../../src/oci/sources/pull.ts'
import { jsonOutput } from '../json-output.ts'

let directory: string
let server: LabRegistry
let front: Front
let app: AppImage

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-cache-'))
  server = await startRegistry()
  app = await writeAppImage(join(directory, 'app'), [3_000_000, 500_000, 10])
  await pushImage(server.url, 'library/app', '1.0', app.layout)
  front = await startFront(server.url)
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await server.stop()
  await rm(directory, { recursive: true })
})

let cache: string
beforeEach(async () => {
  cache = join(await mkdtemp(join(directory, 'home-')), 'cache')
  front.requests.length = 0
})

/** Fetch as a new run of edgekit; `undefined` means --offline. */
function fetch(url: string | undefined, ...references: string[]): Promise<PulledImage[]> {
  const retries = { tries: 2, delayMs: 1, maxWaitMs: 10 }
  return fetchImages(
    (references.length > 0 ? references : ['app:1.0']).map(reference => ({ reference })),
    {
      platform: 'linux/amd64',
      registry:
        url === undefined
          ? undefined
          : new Registry({ mirrors: parseMirrors([`docker.io=${url}`]), retries }),
      store: new BlobStore(cache),
      programs: localPrograms(),
    },
  )
}

const fileOf = (digest: string): string => join(cache, 'blobs', ...digest.split(':'))
const names = async (): Promise<string[]> => (await readdir(join(cache, 'blobs/sha256'))).sort()
const damages: [string, (file: string) => Promise<void>][] = [
  ['other bytes', async file => writeFile(file, Buffer.alloc((await stat(file)).size))],
  ['too short', file => truncate(file, 3)],
  ['empty', file => truncate(file, 0)],
]

describe('a warm cache', () => {
  test('leaves only the tag to resolve', async () => {
    const cold = await fetch(front.url)
    expect(front.requests).toHaveLength(6)
    front.requests.length = 0
    expect(await fetch(front.url)).toEqual(cold)
    expect(front.requests).toEqual(['GET /v2/library/app/manifests/1.0'])
  })

  test('leaves nothing to request when the digest is known', async () => {
    const { digest } = await rootOf(app.layout)
    await fetch(front.url)
    front.requests.length = 0
    const [image] = await fetch(front.url, `app:1.0@${digest}`)
    expect(image?.root.digest).toBe(digest)
    expect(front.requests).toEqual([])
  })

  test.each(damages)('with a damaged layer (%s): fetches only that again', async (_, damage) => {
    const { digest } = app.layers[0] as { digest: string }
    await fetch(front.url)
    await damage(fileOf(digest))
    front.requests.length = 0
    await fetch(front.url)
    expect(front.requests.slice(1)).toEqual([`GET /v2/library/app/blobs/${digest}`])
    expect(digestOf(await readFile(fileOf(digest)))).toBe(digest)
  })

  test.each(damages)('with a damaged manifest and index (%s): fetches both again', async (_, damage) => {
    const [image] = await fetch(front.url)
    for (const { digest } of [image?.root, image?.manifest] as { digest: string }[])
      await damage(fileOf(digest))
    expect(await fetch(front.url)).toEqual([image])
    expect(await fetch(undefined)).toEqual([image])
  })

  test('follows a moved tag, and so does --offline', async () => {
    const moved = await writeAppImage(await mkdtemp(join(directory, 'moved-')))
    await pushImage(server.url, 'library/moving', '1', app.layout)
    const [first] = await fetch(front.url, 'moving:1')
    await pushImage(server.url, 'library/moving', '1', moved.layout)
    expect(await fetch(undefined, 'moving:1')).toEqual([first])
    const [second] = await fetch(front.url, 'moving:1')
    expect(second?.root).toEqual(await rootOf(moved.layout))
    expect(await fetch(undefined, 'moving:1')).toEqual([second])
  })
})

describe('processes that share a cache', () => {
  const script = fileURLToPath(import.meta.resolve('./pull-into-cache.ts'))

  test('all succeed and leave nothing over', async () => {
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => execa(process.execPath, [script, front.url, cache])),
    )
    const images = runs.map(({ stdout }) => JSON.parse(stdout) as PulledImage)
    expect(images[1]).toEqual(images[0])
    expect(images[2]).toEqual(images[0])
    expect(await names()).toHaveLength(6)
    for (const name of await names()) {
      expect(digestOf(await readFile(fileOf(`sha256:${name}`)))).toBe(`sha256:${name}`)
    }
  })

  test('a killed one leaves no blob under its final name, and prune removes the rest', async () => {
    const { digest } = app.layers[0] as { digest: string }
    await using slow = await startFront(server.url, (request, response) => {
      if (!request.url?.endsWith(digest)) return false
      response.writeHead(200).write(Buffer.alloc(100_000))
      return true
    })
    const child = execa(process.execPath, [script, slow.url, cache], { reject: false })
    while (!(await names().catch(() => [])).some(name => name.endsWith('.unfinished'))) {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    child.kill('SIGKILL')
    await child
    expect(await names()).not.toContain(digest.slice('sha256:'.length))
    const left = (await names()).filter(name => name.endsWith('.unfinished'))
    expect(left.length).toBeGreaterThan(0)
    await pruneCache(cache, 86_400_000)
    expect(await names()).toEqual(expect.arrayContaining(left))
    const hoursAgo = new Date(Date.now() - 2 * 3_600_000)
    for (const name of left) await utimes(join(cache, 'blobs/sha256', name), hoursAgo, hoursAgo)
    await pruneCache(cache, 86_400_000)
    await fetch(front.url)
    expect(await names()).toHaveLength(6)
  })
})

describe('--offline', () => {
  test('takes everything from the cache', async () => {
    const online = await fetch(front.url)
    front.requests.length = 0
    expect(await fetch(undefined)).toEqual(online)
    const { digest } = await rootOf(app.layout)
    expect((await fetch(undefined, `app@${digest}`))[0]?.layers).toEqual(online[0]?.layers)
    expect(front.requests).toEqual([])
  })

  test('reports everything that is missing, for all images at once', async () => {
    await pushImage(server.url, 'library/app', '2.0', (await writeAppImage(join(directory, 'app2'))).layout)
    const [one, two] = (await fetch(front.url, 'app:1.0', 'app:2.0')) as [PulledImage, PulledImage]
    const [removed, damaged] = one.layers as [Descriptor, Descriptor]
    await rm(fileOf(removed.digest))
    await writeFile(fileOf(damaged.digest), 'damaged')
    await rm(fileOf(two.manifest.digest))
    const unknown = `sha256:${'0'.repeat(64)}`
    const failure = fetch(undefined, 'app:1.0', 'app:2.0', 'other:1', `app:3.0@${unknown}`)
    const expected = [
      `docker.io/library/app:1.0: blob ${removed.digest} (${removed.size} bytes)`,
      `docker.io/library/app:1.0: blob ${damaged.digest} (${damaged.size} bytes)`,
      `docker.io/library/app:2.0: manifest ${two.manifest.digest} (${two.manifest.size} bytes)`,
      'docker.io/library/other:1: never fetched into this cache',
      `docker.io/library/app:3.0@${unknown}: manifest ${unknown}`,
    ].sort()
    await expect(failure).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: `cannot fetch with --offline, not in the cache:\n${expected.map(part => `  ${part}`).join('\n')}`,
      }),
    )
  })

  test('reports other errors before missing content', async () => {
    await expect(fetch(undefined, 'other:1', 'Wrong:1')).rejects.toThrow('invalid image reference')
  })
})

describe('prune', () => {
  test('removes unused blobs and the tags that point to them', async () => {
    await pushImage(server.url, 'library/old', '1', (await writeAppImage(join(directory, 'old'))).layout)
    await fetch(front.url, 'app:1.0', 'old:1')
    const longAgo = new Date(Date.now() - 31 * 86_400_000)
    for (const name of await names()) await utimes(join(cache, 'blobs/sha256', name), longAgo, longAgo)
    await fetch(front.url)
    const before = await cacheContents(cache)
    expect(before.names.map(({ reference }) => reference)).toEqual([
      'docker.io/library/app:1.0',
      'docker.io/library/old:1',
    ])
    const pruned = await pruneCache(cache, 30 * 86_400_000)
    expect(pruned).toMatchObject({ removed: 5, kept: 6 })
    const after = await cacheContents(cache)
    expect(after).toMatchObject({ blobs: 6, size: before.size - pruned.freed })
    expect(after.names.map(({ reference }) => reference)).toEqual(['docker.io/library/app:1.0'])
    await fetch(undefined)
  })

  test('removes nothing when there is no cache', async () => {
    expect(await pruneCache(cache, 0)).toMatchObject({ removed: 0, kept: 0, freed: 0 })
    await expect(stat(cache)).rejects.toThrow('ENOENT')
  })
})

describe('a disk that', () => {
  /** Mount a disk of its own at the cache directory while `work` runs. */
  async function onDisk(
    options: string,
    work: (remount: (options: string) => Promise<unknown>) => Promise<void>,
  ) {
    await mkdir(cache, { recursive: true })
    await execa('mount', ['-t', 'tmpfs', '-o', options, `edgekit-${randomUUID()}`, cache])
    try {
      await work(other => execa('mount', ['-o', `remount,${other}`, cache]))
    } finally {
      await execa('umount', [cache])
    }
  }

  test('is full: fails at once and leaves no blob under its final name', async () => {
    await onDisk('size=1m', async () => {
      await expect(fetch(front.url)).rejects.toThrow(
        expect.objectContaining({
          exitCode: 3,
          message: `cannot write to the cache ${cache}: no space left on device`,
          remedy: expect.stringContaining('edgekit cache prune'),
        }),
      )
      const { digest } = app.layers[0] as { digest: string }
      const left = await names()
      expect(left).not.toContain(digest.slice('sha256:'.length))
      expect(left.filter(name => name.endsWith('.unfinished'))).toEqual([])
      expect(front.requests.filter(request => request.endsWith(digest)).length).toBeLessThanOrEqual(1)
    })
  })

  test('is read-only: fails, but its content is usable', async () => {
    await onDisk('size=16m', async remount => {
      const online = await fetch(front.url)
      await remount('ro')
      expect(await fetch(undefined)).toEqual(online)
      await pushImage(server.url, 'library/new', '1', (await writeAppImage(join(directory, 'new'))).layout)
      await expect(fetch(front.url, 'new:1')).rejects.toThrow(
        expect.objectContaining({
          exitCode: 3,
          message: expect.stringMatching(`^cannot write to the cache ${cache}: read-only file system`),
          remedy: expect.stringContaining('--cache'),
        }),
      )
    })
  })

  test('has a file in place of the cache: fails', async () => {
    await writeFile(cache, '')
    await expect(fetch(front.url)).rejects.toThrow(`cannot write to the cache ${cache}: not a directory`)
  })
})

test('edgekit cache ls and prune print text and JSON', async () => {
  await fetch(front.url)
  const edgekit = await edgekitExecutable()
  const run = (...args: string[]) => execa(edgekit, ['cache', ...args, '--cache', cache])
  const checkout = fileURLToPath(new URL('../../bin/edgekit.js', import.meta.url))
  const { digest } = await rootOf(app.layout)
  // Once from a checkout, which takes some seconds to start.
  const listed = await execa(process.execPath, [checkout, 'cache', 'ls', '--cache', cache])
  expect(listed.stdout).toContain(`docker.io/library/app:1.0\n  ${digest}  `)
  expect(listed.stdout).toContain(`${cache}: 6 blobs, 3.5 MB`)
  expect(jsonOutput('cache-ls', (await run('ls', '--json')).stdout)).toMatchObject({
    directory: cache,
    blobs: 6,
    names: [{ reference: 'docker.io/library/app:1.0', digest }],
  })
  expect((await run('prune')).stdout).toBe(`${cache}: removed 0 blobs (0 B), kept 6`)
  expect(jsonOutput('cache-prune', (await run('prune', '--older-than', '0', '--json')).stdout)).toMatchObject(
    {
      removed: 6,
      kept: 0,
    },
  )
  await expect(run('prune', '--older-than', 'soon')).rejects.toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('invalid value for --older-than: "soon" is not an age'),
  })
})
