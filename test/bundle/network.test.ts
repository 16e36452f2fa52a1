import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeServerCertificate } from '../../lab/machine/certificates.ts'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, startFront } from '../../lab/registry/front.ts'
import { startProxy } from '../../lab/registry/proxy.ts'
import { pullApp } from '../../lab/registry/pull-app.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { useNetworkSettings } from '../../src/http/proxy-and-ca.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'

// Network settings are global to the process, so each test starts with the settings of the one before.

let directory: string
let server: LabRegistry
let front: Front
let authority: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-network-'))
  server = await startRegistry()
  const { layout } = await writeAppImage(join(directory, 'app'))
  await pushImage(server.url, 'library/app', '1.0', layout)
  const issued = await writeServerCertificate(directory, ['registry.test'])
  authority = issued.authority
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
  await useNetworkSettings(authority, {})
  expect((await pull(front.url)).layers).toHaveLength(2)
  expect(front.requests.length).toBeGreaterThan(3)
})

test('5. a certificate for another name is still refused', async () => {
  await using proxy = await startProxy(Number(new URL(front.url).port))
  await useNetworkSettings(authority, { HTTPS_PROXY: proxy.url })
  await expect(pull('https://other.test')).rejects.toThrow(
    'its certificate is not trusted: it is for another host name',
  )
})

test('6. HTTPS_PROXY tunnels TLS to the registry', async () => {
  await using proxy = await startProxy(Number(new URL(front.url).port))
  const withPassword = proxy.url.replace('//', '//user:secret@')
  await useNetworkSettings(authority, { HTTPS_PROXY: withPassword })
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
