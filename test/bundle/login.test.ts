import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { type Front, type Intercept, startFront } from '../../lab/registry/front.ts'
import { pullApp } from '../../lab/registry/pull-app.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { localPrograms } from '../../src/node/processes/programs.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { dockerCredentials } from '../../src/oci/registry/credentials.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const password = 'sup3r:s3cret'
const basic = `Basic ${base64(`robot:${password}`)}`

let directory: string
let server: LabRegistry
let config: string
let store: BlobStore

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-login-'))
  server = await startRegistry()
  const { layout } = await writeAppImage(join(directory, 'app'))
  await pushImage(server.url, 'library/app', '1.0', layout)
  await mkdir(join(directory, 'bin'))
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
  config = join(store.directory, 'config.json')
})

const pull = (url: string, timeoutMs?: number) =>
  pullApp(url, store, { credentials: dockerCredentials(config, localPrograms(timeoutMs)) })

const write = (content: unknown): Promise<void> => writeFile(config, JSON.stringify(content))
const hostOf = (front: Front): string => new URL(front.url).host

function unauthorized(response: ServerResponse, challenge: string): true {
  response.writeHead(401, { 'www-authenticate': challenge })
  response.end('{"errors":[{"code":"UNAUTHORIZED"}]}')
  return true
}

/** A registry that requires `robot` and the password with every request. */
const wantsPassword: Intercept = (request, response) =>
  request.headers.authorization === basic ? false : unauthorized(response, 'Basic realm="lab"')

/** A registry that requires a token; its token service grants one to requests that `knows` accepts. */
function wantsToken(knows: (request: IncomingMessage, body: string) => boolean): Intercept {
  return (request, response) => {
    const realm = `http://${request.headers.host}/token`
    if (request.url?.startsWith('/token')) {
      let body = ''
      request.on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        const granted = knows(request, body)
        response.writeHead(granted ? 200 : 401).end(granted ? '{"access_token":"open-sesame"}' : 'no')
      })
      return true
    }
    if (request.headers.authorization === 'Bearer open-sesame') return false
    return unauthorized(response, `Bearer realm="${realm}",service="lab",scope="repository:library/app:pull"`)
  }
}

describe('credentials in the file', () => {
  test.each<[string, (host: string) => unknown]>([
    ['auth', host => ({ auths: { [host]: { auth: base64(`robot:${password}`) } } })],
    ['username and password', host => ({ auths: { [host]: { username: 'robot', password } } })],
    ['a URL as key', host => ({ auths: { [`https://${host}/v1/`]: { auth: base64(`robot:${password}`) } } })],
  ])('%s authenticate with basic authentication', async (_, content) => {
    await using front = await startFront(server.url, wantsPassword)
    await write(content(hostOf(front)))
    expect((await pull(front.url)).layers).toHaveLength(2)
  })

  test('a password is exchanged for a token', async () => {
    const urls: (string | undefined)[] = []
    await using front = await startFront(
      server.url,
      wantsToken(request => {
        urls.push(request.url)
        return request.method === 'GET' && request.headers.authorization === basic
      }),
    )
    await write({ auths: { [hostOf(front)]: { auth: base64(`robot:${password}`) } } })
    expect((await pull(front.url)).layers).toHaveLength(2)
    expect(urls).toEqual(['/token?service=lab&scope=repository%3Alibrary%2Fapp%3Apull'])
  })

  test('an identity token is exchanged for a token', async () => {
    const bodies: string[] = []
    await using front = await startFront(
      server.url,
      wantsToken((request, body) => {
        bodies.push(body)
        return request.method === 'POST' && request.headers.authorization === undefined
      }),
    )
    await write({ auths: { [hostOf(front)]: { auth: base64('00000000:'), identitytoken: 'refresh-me' } } })
    expect((await pull(front.url)).layers).toHaveLength(2)
    expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-me',
      client_id: 'edgekit',
      service: 'lab',
      scope: 'repository:library/app:pull',
    })
  })

  test('those of Docker Hub are not sent to its mirror', async () => {
    const seen: (string | undefined)[] = []
    await using front = await startFront(server.url, (request, response) => {
      seen.push(request.headers.authorization)
      return unauthorized(response, 'Basic realm="lab"')
    })
    await write({ auths: { 'https://index.docker.io/v1/': { auth: base64(`robot:${password}`) } } })
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        remedy: expect.stringMatching(`Log in, or use another mirror:\n  docker login ${hostOf(front)}$`),
      }),
    )
    expect(seen).toEqual([undefined])
  })
})

describe('refused credentials', () => {
  test.each([
    [
      401,
      (host: string) => `${host} rejected the credentials from ${config} (HTTP 401: DENIED (not yours))`,
      (host: string) => `Log in again:\n  docker login ${host}`,
    ],
    [403, () => 'HTTP 403: DENIED (not yours)', (host: string) => `the credentials for ${host} in ${config}`],
  ])('wrong credentials, HTTP %d', async (status, message, remedy) => {
    await using front = await startFront(server.url, (request, response) => {
      if (request.headers.authorization === undefined) return unauthorized(response, 'Basic realm="lab"')
      response.writeHead(status).end('{"errors":[{"code":"DENIED","message":"not yours"}]}')
      return true
    })
    await write({ auths: { [hostOf(front)]: { auth: base64(`robot:${password}`) } } })
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringContaining(message(hostOf(front))),
        remedy: expect.stringContaining(remedy(hostOf(front))),
      }),
    )
    expect(front.requests).toHaveLength(2)
  })

  test('a token service that refuses the password', async () => {
    await using front = await startFront(
      server.url,
      wantsToken(() => false),
    )
    await write({ auths: { [hostOf(front)]: { auth: base64(`robot:${password}`) } } })
    await expect(pull(front.url)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining(
          `token service ${hostOf(front)} rejected the credentials for ${hostOf(front)} from ${config} (HTTP 401)`,
        ),
        remedy: `Log in again:\n  docker login ${hostOf(front)}`,
      }),
    )
  })

  test.each([
    ['no JSON', '{"auths": {"x": {"auth": "c2VjcmV0"', 'invalid JSON'],
    ['another shape', '{"auths": {"x": {"auth": 12345678}}}', 'auths.x.auth: '],
  ])('a file with %s, without showing its content', async (_, text, message) => {
    await using front = await startFront(server.url, wantsPassword)
    await writeFile(config, text)
    const failure = pull(front.url)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toThrow(config)
    await expect(failure).rejects.not.toThrow(/c2VjcmV0|12345678/)
  })
})

describe('credential helpers', () => {
  /** Install a helper that runs `script` with the requested host in $host. */
  async function helper(name: string, script: string): Promise<void> {
    const file = join(directory, 'bin', `docker-credential-${name}`)
    await writeFile(file, `#!/bin/sh\nread host\nprintf %s "$1 $host" >"${file}.asked"\n${script}\n`)
    await chmod(file, 0o755)
    vi.stubEnv('PATH', `${join(directory, 'bin')}${delimiter}${process.env['PATH']}`)
  }
  const asked = (name: string): Promise<string> =>
    readFile(join(directory, 'bin', `docker-credential-${name}.asked`), 'utf8')
  const says = (username: string, secret: string): string =>
    `printf %s '${JSON.stringify({ ServerURL: 'x', Username: username, Secret: secret })}'`

  test.each<[string, (host: string) => unknown]>([
    ['credHelpers', host => ({ credHelpers: { [host]: 'good' }, credsStore: 'other' })],
    ['credsStore', () => ({ credsStore: 'good' })],
  ])('%s get the host on stdin', async (_, content) => {
    await helper('good', says('robot', password))
    await using front = await startFront(server.url, wantsPassword)
    await write(content(hostOf(front)))
    expect((await pull(front.url)).layers).toHaveLength(2)
    expect(await asked('good')).toBe(`get ${hostOf(front)}`)
  })

  test('<token> as user name means an identity token', async () => {
    await helper('token', says('<token>', 'refresh-me'))
    await using front = await startFront(
      server.url,
      wantsToken((_, body) => new URLSearchParams(body).get('refresh_token') === 'refresh-me'),
    )
    await write({ credsStore: 'token' })
    expect((await pull(front.url)).layers).toHaveLength(2)
  })

  test('without an entry there, the file is used, or no credentials', async () => {
    await helper('empty', "echo 'credentials not found in native keychain'; exit 1")
    await using front = await startFront(server.url, wantsPassword)
    await write({ credsStore: 'empty', auths: { [hostOf(front)]: { auth: base64(`robot:${password}`) } } })
    expect((await pull(front.url)).layers).toHaveLength(2)
    await write({ credsStore: 'empty' })
    store = new BlobStore(join(store.directory, 'other'))
    await expect(pull(front.url)).rejects.toThrow('HTTP 401')
  })

  test.each([
    ['failing', `echo ${password}; echo ${password} >&2; exit 3`, 'exit code 3'],
    ['babbling', `echo ${password}`, 'returned no JSON with Username and Secret'],
    ['hanging', 'exec sleep 60', 'no answer within 0.5 s'],
  ])('a %s one is named, without showing its output', async (name, script, message) => {
    await helper(name, script)
    await using front = await startFront(server.url, wantsPassword)
    await write({ credsStore: name })
    const failure = pull(front.url, name === 'hanging' ? 500 : undefined)
    await expect(failure).rejects.toThrow(`docker-credential-${name}`)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.not.toThrow(password)
  })

  test.each([
    ['absent', 'docker-credential-absent: not found on this machine'],
    ['../../bin/sh', 'invalid credential helper name'],
  ])('%s is refused', async (name, message) => {
    await using front = await startFront(server.url, wantsPassword)
    await write({ credsStore: name })
    await expect(pull(front.url)).rejects.toThrow(message)
  })
})
