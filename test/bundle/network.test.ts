import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeServerCertificate } from '../../lab/machine/certificates.ts'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, type Intercept, startFront } from '../../lab/registry/front.ts'
import { startProxy } from '../../lab/registry/proxy.ts'
import { pullApp } from '../../lab/registry/pull-app.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { useNetworkSettings } from '../../src/http/proxy-and-ca.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { dockerCredentials } from '../../src/oci/registry/credentials.ts'

// Network settings are global to the process, so each test starts with the settings of the one before.

let directory: string
let server: LabRegistry
let front: Front
let issued: Awaited<ReturnType<typeof writeServerCertificate>>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-network-'))
  server = await startRegistry()
  const { layout } = await writeAppImage(join(directory, 'app'))
  await pushImage(server.url, 'library/app', '1.0', layout)
  issued = await writeServerCertificate(directory, ['registry.test'])
  const [key, cert] = await Promise.all([issued.key, issued.certificate].map(file => readFile(file, 'utf8')))
  front = await startFront(server.url, undefined, { key: key as string, cert: cert as string })
})
afterAll(async () => {
  await front[Symbol.asyncDispose]()
  await server.stop()
  await rm(directory, { recursive: true })
})

let store: BlobStore
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
})

const pull = (url: string) => pullApp(url, store)

test('1. a certificate of an unknown CA is refused at once, with a remedy', async () => {
  const before = front.requests.length
  const failure = pull(front.url)
  await expect(failure).rejects.toThrow(
    /^cannot pull docker.io\/library\/app:1.0 from https:.*its certificate is not trusted: unknown CA$/,
  )
  await expect(failure).rejects.toMatchObject({
    exitCode: 3,
    remedy: expect.stringContaining('--ca-file FILE'),
  })
  expect(front.requests).toHaveLength(before)
})

test('2. http in place of https is reported, and vice versa', async () => {
  await expect(pull(server.url.replace('http:', 'https:'))).rejects.toThrow(
    expect.objectContaining({ message: expect.stringContaining('the server does not use TLS'), exitCode: 3 }),
  )
  await expect(pull(front.url.replace('https:', 'http:'))).rejects.toThrow('cannot pull')
})

test.each([
  ['a missing file', 'absent.pem', undefined, 'no such file or directory'],
  ['no certificate', 'text.pem', 'hello', 'text.pem: it has no certificate'],
  [
    'a damaged certificate',
    'damaged.pem',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    'damaged.pem: certificate 1 is damaged',
  ],
])('3. --ca-file with %s is refused', async (_, name, content, message) => {
  const file = join(directory, name)
  if (content !== undefined) await writeFile(file, content)
  await expect(useNetworkSettings(file, {})).rejects.toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  )
})

test('4. with --ca-file, the image is pulled over TLS', async () => {
  await useNetworkSettings(issued.authority, {})
  expect((await pull(front.url)).layers).toHaveLength(2)
  expect(front.requests.length).toBeGreaterThan(3)
})

test('5. a certificate for another name is still refused', async () => {
  await using proxy = await startProxy(Number(new URL(front.url).port))
  await useNetworkSettings(issued.authority, { HTTPS_PROXY: proxy.url })
  await expect(pull('https://other.test')).rejects.toThrow(
    'its certificate is not trusted: it is for another host name',
  )
})

test('6. HTTPS_PROXY tunnels TLS to the registry', async () => {
  await using proxy = await startProxy(Number(new URL(front.url).port))
  const withPassword = proxy.url.replace('//', '//user:secret@')
  await useNetworkSettings(issued.authority, { HTTPS_PROXY: withPassword })
  expect((await pull('https://registry.test')).layers).toHaveLength(2)
  expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT registry.test:443']))
  expect(proxy.authorizations[0]).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`)
})

test('7. HTTP_PROXY applies to unencrypted registries, also in lower case', async () => {
  await using proxy = await startProxy(Number(new URL(server.url).port))
  await useNetworkSettings(undefined, { http_proxy: proxy.url })
  expect((await pull('http://registry.test:5000')).layers).toHaveLength(2)
  expect(proxy.requests[0]).toContain('registry.test:5000')
})

test('8. this machine and hosts in NO_PROXY are reached directly', async () => {
  await using proxy = await startProxy(Number(new URL(server.url).port))
  await useNetworkSettings(undefined, { HTTP_PROXY: proxy.url, NO_PROXY: 'registry.test' })
  expect((await pull(server.url)).layers).toHaveLength(2)
  await expect(pull('http://registry.test:5000')).rejects.toThrow(/registry.test/)
  expect(proxy.requests).toEqual([])
})

test('9. an invalid proxy URL is refused, without showing its password', async () => {
  const failure = useNetworkSettings(undefined, { HTTPS_PROXY: 'user:secret@proxy:3128' })
  await expect(failure).rejects.toThrow('HTTPS_PROXY is not an http:// or https:// URL')
  await expect(failure).rejects.not.toThrow('secret')
})

test.each([
  ['its own', (host: string) => [host, 'registry.test'], undefined],
  [
    'none',
    (host: string) => [host],
    'requests its credentials for registry.test, which is in another domain',
  ],
])('10. a token service in another domain gets %s', async (_, hosts, refused) => {
  const seen: (string | undefined)[] = []
  const [key, cert] = await Promise.all([issued.key, issued.certificate].map(file => readFile(file, 'utf8')))
  const tokens: Intercept = (request, response) => {
    if (request.url?.startsWith('/token')) {
      seen.push(request.headers.authorization)
      response.end('{"token":"open-sesame"}')
      return true
    }
    if (request.headers.authorization === 'Bearer open-sesame') return false
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="https://registry.test/token"' }).end()
    return true
  }
  await using guarded = await startFront(server.url, tokens, { key: key as string, cert: cert as string })
  await using proxy = await startProxy(Number(new URL(guarded.url).port))
  await useNetworkSettings(issued.authority, { HTTPS_PROXY: proxy.url })
  const file = join(store.directory, 'config.json')
  const auths = hosts(new URL(guarded.url).host).map(host => [
    host,
    { auth: Buffer.from(`${host.slice(0, 8)}:secret`).toString('base64') },
  ])
  await writeFile(file, JSON.stringify({ auths: Object.fromEntries(auths) }))
  const pulled = pullApp(guarded.url, store, { credentials: dockerCredentials(file, localPrograms()) })
  if (refused === undefined) {
    expect((await pulled).layers).toHaveLength(2)
    expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('registry:secret').toString('base64')}`]))
  } else {
    await expect(pulled).rejects.toThrow(refused)
    expect(seen).toEqual([])
  }
})

test.each([
  [407, 'the proxy requires a login for registry.test', 'export HTTPS_PROXY=http://USER:PASSWORD@'],
  [403, 'the proxy refuses connections to registry.test (HTTP 403)', 'Allow registry.test in the proxy'],
  [502, 'the proxy cannot reach registry.test (HTTP 502)', 'Check the network'],
])('11. a proxy that answers with %d is named, without its password', async (status, message, remedy) => {
  const refusing = createServer().on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
  refusing.listen(0, '127.0.0.1')
  await once(refusing, 'listening')
  const { port } = refusing.address() as AddressInfo
  await useNetworkSettings(issued.authority, { HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` })
  const failure = pull('https://registry.test')
  await expect(failure).rejects.toThrow(
    expect.objectContaining({
      exitCode: 3,
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    }),
  )
  await expect(failure).rejects.not.toThrow('secret')
  refusing.close()
})

test.each([
  ['http://user:secret@127.0.0.1:1', 'proxy 127.0.0.1:1: connection refused'],
  ['http://user:secret@proxy.invalid:3128', 'proxy proxy.invalid: host name not found'],
])('12. a proxy that cannot be reached is named: %s', async (proxy, message) => {
  await useNetworkSettings(issued.authority, { HTTPS_PROXY: proxy })
  const failure = pull('https://registry.test')
  await expect(failure).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining('Correct HTTPS_PROXY and HTTP_PROXY'),
    }),
  )
  await expect(failure).rejects.not.toThrow('secret')
})
