import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Intercept, startFront } from '../../lab/registry/front.ts'
import {
  type Layer,
  readBlob,
  rootOf,
  writeAttestation,
  writeFilesLayer,
  writeIndex,
  writeManifest,
  writeRoot,
} from '../../lab/registry/oci.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { parseMirrors } from '../../src/oci/registry/mirrors.ts'
import { Registry, type RegistryOptions } from '../../src/oci/registry/registry.ts'
import { type PullOptions, pullImage } from '../../src/oci/sources/pull.ts'

let directory: string
let server: LabRegistry
/** OCI layout of an image: amd64 and arm64 with three layers each, one of them shared. */
let app: string
let common: Layer

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-pull-'))
  server = await startRegistry()
  app = join(directory, 'app')
  await mkdir(app)
  common = await layerOf(app, 1_000_000)
  const manifests = await Promise.all(
    ['linux/amd64', 'linux/arm64/v8', 'linux/386'].map(async platform =>
      writeManifest(app, platform, [common, await layerOf(app, 300_000), await layerOf(app, 10)]),
    ),
  )
  const attestations = await Promise.all(manifests.map(manifest => writeAttestation(app, manifest)))
  await writeIndex(app, [...attestations, ...manifests])
  await pushImage(server.url, 'library/app', '1.0', app)
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

let store: BlobStore
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
})
afterEach(async () => {
  const names = await readdir(join(store.directory, 'blobs/sha256')).catch(() => [])
  expect(names.filter(name => !/^[0-9a-f]{64}$/.test(name))).toEqual([])
})

async function layerOf(layout: string, size: number): Promise<Layer> {
  return writeFilesLayer(layout, [{ path: 'data', mode: 0o644, size, source: randomBytes(size) }])
}

const retries = { tries: 3, delayMs: 5, maxWaitMs: 2000 }
const timeouts = { headersMs: 30_000, stallMs: 30_000 }
const impatient = { headersMs: 500, stallMs: 500 }

const clientOf = (url: string, options: RegistryOptions = {}): Registry =>
  new Registry({ mirrors: parseMirrors([`docker.io=${url}`]), retries, timeouts, ...options })

const pull = (from: string | Registry, options: Partial<PullOptions> = {}) =>
  pullImage({
    reference: 'app:1.0',
    platform: 'linux/amd64',
    registry: typeof from === 'string' ? clientOf(from) : from,
    store,
    ...options,
  })

const stored = async (): Promise<string[]> =>
  (await readdir(join(store.directory, 'blobs/sha256'))).map(name => `sha256:${name}`).sort()

describe('a real registry', () => {
  test('serves every blob of one platform and the index, byte for byte', async () => {
    const image = await pull(server.url)
    const root = await rootOf(app)
    expect(image).toMatchObject({ reference: 'docker.io/library/app:1.0', platform: 'linux/amd64', root })
    expect(image.layers).toHaveLength(3)
    expect(image.diffIds[0]).toBe(common.diffId)
    const parts = [image.root, image.manifest, image.config, ...image.layers]
    expect(await stored()).toEqual(parts.map(part => part.digest).sort())
    for (const { digest, size } of parts) {
      const bytes = await store.read(digest)
      expect(bytes.length).toBe(size)
      expect(bytes.equals(await readBlob(app, digest))).toBe(true)
    }
  })

  test('serves both platforms of one index, shared blobs once', async () => {
    await using front = await startFront(server.url)
    const registry = clientOf(front.url)
    const images = await Promise.all(
      (['linux/amd64', 'linux/arm64'] as const).map(platform => pull(registry, { platform })),
    )
    expect(images[0]?.root).toEqual(images[1]?.root)
    expect(images[0]?.manifest).not.toEqual(images[1]?.manifest)
    const blobs = front.requests.filter(request => request.includes('/blobs/'))
    expect(blobs).toHaveLength(7)
    expect(new Set(blobs).size).toBe(7)
    expect(front.most()).toBeLessThanOrEqual(6)
    await pull(registry)
    expect(front.requests.filter(request => request.includes('/blobs/'))).toHaveLength(7)
  })

  test('gets at most six concurrent requests', async () => {
    const layout = await mkdtemp(join(directory, 'many-'))
    const layers = await Promise.all(Array.from({ length: 20 }, () => layerOf(layout, 100_000)))
    await writeRoot(layout, await writeManifest(layout, 'linux/amd64', layers))
    await pushImage(server.url, 'library/many', '1.0', layout)
    await using front = await startFront(server.url)
    await pull(front.url, { reference: 'many:1.0' })
    expect(front.most()).toBe(6)
    expect(front.requests).toHaveLength(22)
  })

  test('resolves a digest, with and without a tag', async () => {
    const { digest } = await rootOf(app)
    expect((await pull(server.url, { reference: `app@${digest}` })).root.digest).toBe(digest)
    const both = await pull(server.url, { reference: `app:never-pushed@${digest}` })
    expect(both).toMatchObject({
      reference: `docker.io/library/app:never-pushed@${digest}`,
      root: { digest },
    })
  })

  test('works without a mirror on this machine', async () => {
    const image = await pull('http://unused', { reference: `${server.host}/library/app:1.0` })
    expect(image.reference).toBe(`${server.host}/library/app:1.0`)
  })

  test('can have an image without an index', async () => {
    const layout = await mkdtemp(join(directory, 'single-'))
    const manifest = await writeManifest(layout, 'linux/arm64', [await layerOf(layout, 10)])
    await writeRoot(layout, manifest)
    await pushImage(server.url, 'library/single', '1.0', layout)
    const image = await pull(server.url, { reference: 'single:1.0', platform: 'linux/arm64' })
    expect(image.root).toEqual(image.manifest)
    expect(image.root.digest).toBe(manifest.digest)
    await expect(pull(server.url, { reference: 'single:1.0' })).rejects.toThrow(
      'cannot use docker.io/library/single:1.0: it is built for linux/arm64, not linux/amd64',
    )
  })

  test('can have an index with a wrong architecture', async () => {
    const layout = await mkdtemp(join(directory, 'liar-'))
    const manifest = await writeManifest(layout, 'linux/amd64', [await layerOf(layout, 10)])
    await writeIndex(layout, [{ ...manifest, platform: { os: 'linux', architecture: 'arm64' } }])
    await pushImage(server.url, 'library/liar', '1.0', layout)
    await expect(pull(server.url, { reference: 'liar:1.0', platform: 'linux/arm64' })).rejects.toThrow(
      'it is built for linux/amd64, not linux/arm64',
    )
  })

  test('can lack the platform', async () => {
    const layout = await mkdtemp(join(directory, 'partial-'))
    const manifest = await writeManifest(layout, 'linux/arm/v7', [await layerOf(layout, 10)])
    await writeIndex(layout, [manifest, await writeAttestation(layout, manifest)])
    await pushImage(server.url, 'library/partial', '1.0', layout)
    await expect(pull(server.url, { reference: 'partial:1.0' })).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: 'cannot use docker.io/library/partial:1.0: no image for linux/amd64',
        remedy: expect.stringContaining('a platform it has: linux/arm/v7.'),
      }),
    )
  })

  test.each(['app:2.0', 'no-such-app:1.0', `app@sha256:${'0'.repeat(64)}`])(
    'can lack %s',
    async reference => {
      await using front = await startFront(server.url)
      await expect(pull(front.url, { reference })).rejects.toThrow(
        expect.objectContaining({
          exitCode: 3,
          message: expect.stringMatching(
            new RegExp(
              `^cannot pull docker.io/library/${reference} from ${front.url}: HTTP 404: [A-Z]+_UNKNOWN`,
            ),
          ),
          remedy: expect.stringContaining('Check the image name'),
        }),
      )
      expect(front.requests).toHaveLength(1)
    },
  )
})

/** The challenge of the token protocol, answered by a token service at the same address. */
function guarded(options: { scope: boolean }) {
  const tokenRequests: string[] = []
  const intercept: Intercept = (request, response) => {
    const here = `http://${request.headers.host}`
    if (request.url?.startsWith('/token')) {
      tokenRequests.push(request.url)
      response.end(JSON.stringify({ token: 'open-sesame', expires_in: 300 }))
      return true
    }
    if (request.headers.authorization === 'Bearer open-sesame') return false
    const scope = options.scope ? ',scope="repository:library/app:pull"' : ''
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${here}/token",service="lab"${scope}` })
    response.end('{"errors":[{"code":"UNAUTHORIZED"}]}')
    return true
  }
  return { intercept, tokenRequests }
}

describe('a registry that requires a token', () => {
  test.each([{ scope: true }, { scope: false }])(
    'gets an anonymous one, once (scope: $scope)',
    async options => {
      const { intercept, tokenRequests } = guarded(options)
      await using front = await startFront(server.url, intercept)
      await pull(front.url)
      expect(tokenRequests).toEqual(['/token?service=lab&scope=repository%3Alibrary%2Fapp%3Apull'])
    },
  )

  test('gets a new one when the old one has expired', async () => {
    const valid = new Set<string>()
    let issued = 0
    await using front = await startFront(server.url, (request, response) => {
      const isBlob = request.url?.includes('/blobs/') ?? false
      if (isBlob && issued === 1) valid.clear()
      if (request.url === '/token?scope=x') {
        valid.add(`Bearer number-${++issued}`)
        response.end(JSON.stringify({ access_token: `number-${issued}` }))
      } else if (valid.has(request.headers.authorization ?? '')) return false
      else {
        const challenge = `Bearer realm="http://${request.headers.host}/token",scope="x"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
      }
      return true
    })
    expect((await pull(front.url)).layers).toHaveLength(3)
    expect(issued).toBeGreaterThan(1)
  })

  test('does not get it sent on to redirected storage', async () => {
    const seen: Record<string, unknown>[] = []
    await using storage = await startFront(server.url, request => {
      seen.push(request.headers)
      return false
    })
    const { intercept } = guarded({ scope: true })
    await using front = await startFront(server.url, (request, response) => {
      if (intercept(request, response)) return true
      if (!request.url?.includes('/blobs/')) return false
      response.writeHead(307, { location: `${storage.url}${request.url}` }).end()
      return true
    })
    const image = await pull(front.url)
    expect(seen).toHaveLength(1 + image.layers.length)
    for (const headers of seen) expect(headers).not.toHaveProperty('authorization')
  })

  test('gets it after a redirect within the registry', async () => {
    const { intercept } = guarded({ scope: true })
    await using front = await startFront(server.url, (request, response) => {
      if (request.url?.startsWith('/elsewhere')) request.url = request.url.slice('/elsewhere'.length)
      else if (request.url?.includes('/blobs/')) {
        response.writeHead(302, { location: `/elsewhere${request.url}` }).end()
        return true
      }
      return intercept(request, response)
    })
    expect((await pull(front.url)).layers).toHaveLength(3)
  })

  test.each([
    ['Basic realm="private"', 'HTTP 401', 'it does not exist or is private'],
    [
      undefined,
      'requires a login, but its HTTP 401 lacks the header WWW-Authenticate',
      'pass on the header WWW-Authenticate',
    ],
    [
      'Negotiate',
      'requires a login of the type Negotiate, which edgekit does not support',
      'Enable basic or token authentication',
    ],
  ])('is reported when it requires a password: %s', async (challenge, message, remedy) => {
    await using front = await startFront(server.url, (_, response) => {
      response.writeHead(401, challenge === undefined ? {} : { 'www-authenticate': challenge }).end()
      return true
    })
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        remedy: expect.stringContaining(remedy),
      }),
    )
    expect(front.requests).toHaveLength(1)
  })

  test('is reported when it refuses the token', async () => {
    await using front = await startFront(server.url, (request, response) => {
      if (request.url?.startsWith('/token')) response.end('{"token":"x"}')
      else {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${request.headers.host}/token"` })
        response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}')
      }
      return true
    })
    await expect(pull(front.url)).rejects.toThrow('HTTP 401: UNAUTHORIZED (authentication required)')
  })
})

/** Does `what` to the first `times` requests whose URL has `part` in it. */
function first(
  times: number,
  part: string,
  what: (request: IncomingMessage, response: ServerResponse) => void,
): Intercept {
  let count = 0
  return (request, response) => {
    if (!request.url?.includes(part) || count++ >= times) return false
    what(request, response)
    return true
  }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, headers).end('<html>busy</html>')
  }
const hangUp = (_: IncomingMessage, response: ServerResponse): void => void response.destroy()
const halfOf = (request: IncomingMessage): Promise<Buffer> =>
  readBlob(app, `sha256:${request.url?.split('sha256:')[1]}`).then(bytes =>
    bytes.subarray(0, bytes.length / 2),
  )
const cut = (request: IncomingMessage, response: ServerResponse): void => {
  void halfOf(request).then(half => {
    response.writeHead(200, { 'content-length': String(half.length * 2) })
    response.write(half, () => setTimeout(() => response.destroy(), 20))
  })
}
const short = (request: IncomingMessage, response: ServerResponse): void => {
  void halfOf(request).then(half => response.end(half))
}
const stall = (request: IncomingMessage, response: ServerResponse): void => {
  void halfOf(request).then(half => response.write(half))
}

const silence = (): void => undefined
const isSilent = (what: unknown): boolean => what === stall || what === silence

describe('transient failures are retried', () => {
  test.each<[string, string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['503 for the manifest', '/manifests/', status(503)],
    ['500 for a blob', '/blobs/', status(500)],
    ['429 with a short wait', '/manifests/', status(429, { 'retry-after': '0' })],
    ['a connection that is closed at once', '/manifests/', hangUp],
    ['a blob whose connection is cut', '/blobs/', cut],
    ['a blob that ends early', '/blobs/', short],
    ['a blob that stalls', '/blobs/', stall],
    ['no response', '/manifests/', silence],
  ])('%s', async (_, part, what) => {
    await using front = await startFront(server.url, first(2, part, what))
    const image = await pull(clientOf(front.url, isSilent(what) ? { timeouts: impatient } : {}))
    for (const layer of image.layers) expect((await store.read(layer.digest)).length).toBe(layer.size)
    expect(front.requests).toHaveLength(8)
  })

  test.each<[string, string, (request: IncomingMessage, response: ServerResponse) => void, string, string]>([
    ['503', '/manifests/', status(503), 'HTTP 503', 'Retry later'],
    [
      '429',
      '/manifests/',
      status(429, { 'retry-after': '0' }),
      'the mirror limits requests: HTTP 429',
      'Give the mirror an account at the registry that it mirrors, wait and retry, or use another mirror.',
    ],
    ['cut connections', '/manifests/', hangUp, 'server closed', 'Check the network'],
    ['cut blobs', '/blobs/', cut, 'server closed', 'Check the network'],
    ['short blobs', '/blobs/', short, ' bytes', 'Use another source, or store the content there again'],
    ['stalled blobs', '/blobs/', stall, 'no data received for 0.5 s', 'Check the network'],
    ['no response', '/manifests/', silence, 'no response within 0.5 s', 'Check the network'],
  ])('up to a limit: %s', async (_, part, what, message, remedy) => {
    await using front = await startFront(server.url, first(Number.POSITIVE_INFINITY, part, what))
    const failure = pull(clientOf(front.url, isSilent(what) ? { timeouts: impatient } : {}))
    await expect(failure).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringContaining(message),
        remedy: expect.stringContaining(remedy),
      }),
    )
    await expect(failure).rejects.toThrow(`cannot pull docker.io/library/app:1.0 from ${front.url}: `)
    const path = front.requests.find(request => request.includes(part))
    expect(front.requests.filter(request => request === path).length).toBeLessThanOrEqual(3)
  })

  test('a requested wait of an hour is not waited for', async () => {
    await using front = await startFront(server.url, first(1, '', status(429, { 'retry-after': '3600' })))
    await expect(pull(front.url)).rejects.toThrow('HTTP 429')
    expect(front.requests).toHaveLength(1)
  })

  test('a closed port', async () => {
    const front = await startFront(server.url)
    await front[Symbol.asyncDispose]()
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^cannot pull docker.io\/library\/app:1.0 from http.*: connection refused$/,
        ),
        remedy: `Check that 127.0.0.1 serves port ${new URL(front.url).port}, and the firewall, or use another mirror.`,
      }),
    )
  })

  test('an unknown host', async () => {
    await expect(pull('http://registry.invalid')).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining('registry.invalid: host name not found'),
        remedy: 'Check the host name, and DNS on this machine, or use another mirror.',
      }),
    )
  })
})

describe('wrong content is refused', () => {
  const flip = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1
    return copy
  }

  test('a blob with another digest', async () => {
    await using front = await startFront(server.url, (request, response) => {
      if (!request.url?.endsWith(common.digest)) return false
      void readBlob(app, common.digest).then(bytes => response.end(flip(bytes)))
      return true
    })
    await expect(pull(front.url)).rejects.toThrow(
      `expected content with digest ${common.digest}, received sha256:`,
    )
    expect(await store.holds(common)).toBe(false)
  })

  test('a blob that is too long', async () => {
    await using front = await startFront(server.url, (request, response) => {
      if (!request.url?.endsWith(common.digest)) return false
      void readBlob(app, common.digest).then(bytes => response.end(Buffer.concat([bytes, bytes])))
      return true
    })
    await expect(pull(front.url)).rejects.toThrow(`longer than the ${common.size} bytes`)
  })

  test('a manifest with another digest than requested', async () => {
    const { digest } = await rootOf(app)
    const other = flip(await readBlob(app, digest))
    await using front = await startFront(server.url, (_, response) => {
      response.end(other)
      return true
    })
    await expect(pull(front.url, { reference: `app@${digest}` })).rejects.toThrow(
      `expected a manifest with digest ${digest}, received sha256:`,
    )
  })

  test('a manifest with another digest than its header states', async () => {
    const bytes = await readBlob(app, (await rootOf(app)).digest)
    const promised = `sha256:${'0'.repeat(64)}`
    await using front = await startFront(server.url, (_, response) => {
      response.writeHead(200, { 'docker-content-digest': promised }).end(bytes)
      return true
    })
    await expect(pull(front.url)).rejects.toThrow(`expected a manifest with digest ${promised}`)
  })

  test.each([
    ['a web page', '<html>', 'text/html', 'returned a web page, not an image'],
    ['a web page of no type', '<!DOCTYPE html>', '', 'returned a web page, not an image'],
    ['no JSON', 'hello', 'text/plain', 'cannot read the manifest of docker.io/library/app:1.0: invalid JSON'],
    ['other JSON', '{"ok":true}', 'application/json', 'unsupported media type application/json'],
    [
      'an old manifest',
      '{"schemaVersion":1}',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      'unsupported media type application/vnd.docker.distribution.manifest.v1+prettyjws',
    ],
    [
      'an incomplete index',
      '{}',
      'application/vnd.oci.image.index.v1+json; charset=utf-8',
      'cannot read the manifest of',
    ],
  ])('%s instead of a manifest', async (_, body, type, message) => {
    await using front = await startFront(server.url, (_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(body)
      return true
    })
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringContaining(message) }),
    )
  })

  test('an endless manifest', async () => {
    await using front = await startFront(server.url, (_, response) => {
      response.end(Buffer.alloc(5 * 1024 * 1024, ' '))
      return true
    })
    await expect(pull(front.url)).rejects.toThrow('longer than 4194304 bytes')
  })

  test('a redirect loop', async () => {
    await using front = await startFront(server.url, (request, response) => {
      response.writeHead(302, { location: request.url }).end()
      return true
    })
    await expect(pull(front.url)).rejects.toThrow('redirects more than 5 times')
  })
})

test('one failed blob aborts the others at once', async () => {
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.includes('/blobs/')) return false
    if (request.url.endsWith(common.digest)) status(404)(request, response)
    else response.write('x')
    return true
  })
  const registry = clientOf(front.url)
  const start = performance.now()
  await expect(pull(registry)).rejects.toThrow('HTTP 404')
  expect(performance.now() - start).toBeLessThan(5000)
})

test('an interrupted pull stops with the reason', async () => {
  const interrupt = new AbortController()
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.includes('/blobs/')) return false
    response.write('x')
    setTimeout(() => interrupt.abort(new Error('interrupted')), 50)
    return true
  })
  const registry = clientOf(front.url)
  await expect(pull(registry, { signal: interrupt.signal })).rejects.toThrow('interrupted')
})

test('a stopped registry leaves no process behind', async () => {
  const second = await startRegistry()
  await second.stop()
  await expect(fetch(second.url)).rejects.toThrow()
  const processes = await readdir('/proc')
  const commands = await Promise.all(
    processes
      .filter(name => /^\d+$/.test(name))
      .map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  expect(commands.filter(command => command.includes(second.host))).toEqual([])
})
