import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, type Intercept, startFront } from '../../lab/registry/front.ts'
import { json, page, redirect, refuse } from '../../lab/registry/products.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { dockerCredentials } from '../../src/oci/registry/credentials.ts'
import { Registry } from '../../src/oci/registry/registry.ts'
import { pullImage } from '../../src/oci/sources/pull.ts'

let directory: string
let server: LabRegistry
let store: BlobStore
let config: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-refusals-'))
  server = await startRegistry()
  const { layout } = await writeAppImage(join(directory, 'app'))
  await pushImage(server.url, 'library/app', '1.0', layout)
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
  config = join(store.directory, 'config.json')
})

const password = 'CANARY-PASSWORD'
const basic = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`
const hostOf = (front: Front): string => new URL(front.url).host
const credentials = () => dockerCredentials(config, localPrograms())
const logIn = (...hosts: string[]): Promise<void> =>
  writeFile(
    config,
    JSON.stringify({
      auths: Object.fromEntries(hosts.map(host => [host, { auth: basic.slice('Basic '.length) }])),
    }),
  )

/** Pull from a registry by its own name, not as a mirror. */
const pullFrom = (front: Front) =>
  pullImage({
    reference: `${hostOf(front)}/library/app:1.0`,
    platform: 'linux/amd64',
    registry: new Registry({ credentials: credentials(), retries: { tries: 2, delayMs: 1, maxWaitMs: 10 } }),
    store,
  })

/** A registry that requires a token from `service`, which `answer` is at the same host. */
const withTokens =
  (answer: (request: IncomingMessage, response: ServerResponse) => true, realm = '/token'): Intercept =>
  (request, response) => {
    if (request.url?.startsWith('/token')) return answer(request, response)
    const url = realm.startsWith('/') ? `http://${request.headers.host}${realm}` : realm
    return refuse(401, 'UNAUTHORIZED', 'authentication required', {
      'www-authenticate': `Bearer realm="${url}",service="lab"`,
    })(request, response)
  }

/** Each answer to a manifest or token request, what the user reads, and what helps first. HOST is the registry. */
describe('a registry that refuses', () => {
  test.each<[string, 'logged in' | 'anonymous', Intercept, string, string]>([
    [
      'Docker Hub: wrong password',
      'logged in',
      withTokens(json(401, { details: 'incorrect username or password' })),
      'token service HOST rejected the credentials for HOST from CONFIG (HTTP 401: incorrect username or password)',
      'Log in again:\n  docker login HOST',
    ],
    [
      'GitHub: a missing or private package, anonymously',
      'anonymous',
      withTokens(refuse(403, 'DENIED', 'requested access to the resource is denied')),
      'token service HOST grants no anonymous access (HTTP 403: DENIED (requested access to the resource is denied))',
      'Log in, if the image name is correct; a private image looks like a missing one:\n  docker login HOST',
    ],
    [
      'Docker Hub: too many logins, anonymously',
      'anonymous',
      withTokens(json(429, { details: 'too many requests' })),
      'token service HOST limits anonymous requests (HTTP 429: too many requests)',
      'Log in, or use a mirror (--registry-mirror HOST=URL):\n  docker login HOST',
    ],
    [
      'Docker Hub: too many logins',
      'logged in',
      withTokens(json(429, { details: 'too many failed login attempts for username or IP address' })),
      'token service HOST limits requests (HTTP 429: too many failed login attempts for username or IP address)',
      'Wait, then retry',
    ],
    [
      'a token service that fails',
      'anonymous',
      withTokens(json(503, {})),
      'token service HOST is failing (HTTP 503)',
      'Retry later',
    ],
    [
      'a token service behind a login page',
      'anonymous',
      withTokens(page()),
      'token service HOST returned a web page (HTTP 200)',
      'Open http://HOST in a browser',
    ],
    [
      'a token service without tokens',
      'anonymous',
      withTokens(json(200, { token: '' })),
      'token service HOST returned no token',
      'Correct the token URL (realm) in the configuration of HOST',
    ],
    [
      'a token service at a wrong path',
      'anonymous',
      withTokens(json(404, {})),
      'token service HOST does not work (HTTP 404)',
      'Correct the token URL (realm) in the configuration of HOST',
    ],
    [
      'Nexus: a proxy without X-Forwarded-Proto',
      'anonymous',
      withTokens(page(), 'null://nexus.example/v2/token'),
      'HOST names no usable token service: realm="null://nexus.example/v2/token"',
      'Set the headers Host and X-Forwarded-Proto in the reverse proxy of HOST.',
    ],
    [
      'a token service in another domain',
      'logged in',
      withTokens(page(), 'http://localhost:1/token'),
      'HOST requests its credentials for localhost:1, which is in another domain',
      'If localhost:1 is its token service, add credentials for localhost:1 to CONFIG.',
    ],
    [
      'Docker Hub: the limit for anonymous pulls',
      'anonymous',
      refuse(429, 'TOOMANYREQUESTS', 'You have reached your unauthenticated pull rate limit.'),
      'HOST limits anonymous requests: HTTP 429: TOOMANYREQUESTS (You have reached your unauthenticated pull rate limit.)',
      'Log in, or use a mirror (--registry-mirror HOST=URL):\n  docker login HOST',
    ],
    [
      'Amazon ECR: a password of yesterday',
      'logged in',
      (request, response) =>
        request.headers.authorization === undefined
          ? refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="ecr"' })(request, response)
          : refuse(
              403,
              'DENIED',
              'Your authorization token has expired. Reauthenticate and try again.',
            )(request, response),
      'HTTP 403: DENIED (Your authorization token has expired. Reauthenticate and try again.): the credentials in CONFIG have expired',
      'Log in again:\n  docker login HOST',
    ],
    [
      'registry.k8s.io: a country or address that is not served',
      'anonymous',
      page(403, '<html><head><title>403 Forbidden</title></head></html>'),
      'HOST refuses access from this network with a web page (HTTP 403)',
      'Allow HOST in the firewall and proxy of this network, or use a mirror (--registry-mirror HOST=URL).',
    ],
    [
      'a login page of the network',
      'anonymous',
      page(),
      'HOST returned a web page, not an image',
      'Open http://HOST in a browser and sign in if the login page of this network answers',
    ],
    [
      'a proxy that requires a login',
      'anonymous',
      page(407),
      'the proxy requires a login for HOST (HTTP 407)',
      'Set a proxy URL with user and password:\n  export HTTP_PROXY=http://USER:PASSWORD@proxy.example:3128',
    ],
    [
      'something other than a registry',
      'anonymous',
      json(405, {}),
      'HTTP 405',
      'Check that http://HOST is a container registry.',
    ],
    [
      'a redirect to an unsupported protocol',
      'anonymous',
      redirect('ftp://files.example/app'),
      'HOST redirects to an unsupported protocol (ftp:)',
      'Open http://HOST in a browser',
    ],
  ])('%s', async (_, login, intercept, message, remedy) => {
    await using front = await startFront(server.url, intercept)
    if (login === 'logged in') await logIn(hostOf(front))
    const named = (text: string): string =>
      text.replaceAll('HOST', hostOf(front)).replaceAll('CONFIG', config)
    const failure = pullFrom(front)
    const image = `${hostOf(front)}/library/app:1.0`
    await expect(failure).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: `cannot pull ${image} from ${front.url}: ${named(message)}`,
        remedy: expect.stringContaining(named(remedy)),
      }),
    )
    await expect(failure).rejects.not.toMatchObject({ remedy: expect.stringContaining('Check the network') })
  })
})

/** Layers that the registry leaves to storage at another host, as registry.k8s.io, ECR, and Quay do. */
describe('storage behind a redirect', () => {
  const s3 =
    (code: string, message: string, status = 403): Intercept =>
    (_, response) => {
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`)
      return true
    }

  test.each<[string, Intercept, string, string]>([
    [
      'refused by a firewall',
      page(403),
      'HOST redirects to STORAGE, which refuses access (HTTP 403)',
      'Allow STORAGE in the firewall and proxy of this network',
    ],
    [
      'answered by a login page',
      page(),
      'HOST redirects to STORAGE, which returned a web page (HTTP 200)',
      'Sign in if STORAGE is the login page of this network',
    ],
    [
      'with an expired link',
      s3('AccessDenied', 'Request has expired'),
      'HOST redirects to STORAGE, which finds the link expired (HTTP 403: AccessDenied (Request has expired))',
      'Correct the clock of HOST',
    ],
    [
      'without the layer',
      s3('NoSuchKey', 'The specified key does not exist.', 404),
      'HOST redirects to STORAGE, which does not have the content (HTTP 404: NoSuchKey (The specified key does not exist.))',
      'Push the image again',
    ],
    [
      'that is busy',
      s3('SlowDown', 'Please reduce your request rate.', 503),
      'HOST redirects to STORAGE, which is failing (HTTP 503: SlowDown (Please reduce your request rate.))',
      'Retry later',
    ],
    [
      'that wants a login',
      refuse(401, 'UNAUTHORIZED', 'who is it', { 'www-authenticate': 'Basic realm="storage"' }),
      'HOST redirects to STORAGE, which refuses access (HTTP 401: UNAUTHORIZED (who is it))',
      'Allow STORAGE in the firewall and proxy of this network',
    ],
    [
      'that has other rules',
      json(418, {}),
      'HOST redirects to STORAGE, which does not serve it (HTTP 418)',
      'Allow STORAGE in the firewall and proxy of this network',
    ],
  ])('%s', async (_, intercept, message, remedy) => {
    await using storage = await startFront(server.url, intercept)
    await using front = await startFront(server.url, (request, response) =>
      request.url?.includes('/blobs/') === true
        ? redirect(`${storage.url}${request.url}`)(request, response)
        : false,
    )
    const named = (text: string): string =>
      text.replaceAll('HOST', hostOf(front)).replaceAll('STORAGE', hostOf(storage))
    await expect(pullFrom(front)).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: `cannot pull ${hostOf(front)}/library/app:1.0 from ${front.url}: ${named(message)}`,
        remedy: expect.stringContaining(named(remedy)),
      }),
    )
  })

  test('never gets the password of the registry for a realm that it names', async () => {
    const stolen: (string | undefined)[] = []
    await using thief = await startFront(server.url, (request, response) => {
      stolen.push(request.headers.authorization)
      return json(200, { token: 'stolen' })(request, response)
    })
    await using storage = await startFront(
      server.url,
      refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': `Bearer realm="${thief.url}/steal"` }),
    )
    await using front = await startFront(server.url, (request, response) => {
      if (request.headers.authorization !== basic)
        return refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': 'Basic realm="lab"' })(request, response)
      return request.url?.includes('/blobs/') === true
        ? redirect(`${storage.url}${request.url}`)(request, response)
        : false
    })
    await logIn(hostOf(front))
    await expect(pullFrom(front)).rejects.toThrow(`${hostOf(storage)}, which refuses access (HTTP 401`)
    expect(stolen).toEqual([])
  })
})

test('a token service in another domain gets no credentials without TLS, not even its own', async () => {
  const seen: (string | undefined)[] = []
  await using service = await startFront(server.url, (request, response) => {
    seen.push(request.headers.authorization)
    return json(200, { token: 'open-sesame' })(request, response)
  })
  const realm = service.url.replace('127.0.0.1', 'localhost')
  await using front = await startFront(server.url, (request, response) =>
    request.headers.authorization === 'Bearer open-sesame'
      ? false
      : refuse(401, 'UNAUTHORIZED', '', { 'www-authenticate': `Bearer realm="${realm}/token"` })(
          request,
          response,
        ),
  )
  await logIn(hostOf(front), new URL(realm).host)
  await expect(pullFrom(front)).rejects.toThrow('which is in another domain')
  expect(seen).toEqual([])
  await logIn()
  expect((await pullFrom(front)).layers).toHaveLength(2)
  expect(seen).toEqual([undefined])
})
