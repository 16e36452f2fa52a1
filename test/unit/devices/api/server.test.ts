import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Api } from '../../../../src/devices/api/routes.ts'
import { serveApi } from '../../../../src/devices/api/server.ts'
import { Commands } from '../../../../src/devices/commands/commands.ts'

// A connection that the service does not end is seen only after some seconds.
vi.setConfig({ testTimeout: 60_000 })

const token = 'x'.repeat(32)
const authorized = `Host: x\r\nAuthorization: Bearer ${token}\r\n`

/** The interface with one device, d1. Records who was removed. */
async function serve() {
  const removed: string[] = []
  const device = {
    id: 'd1',
    online: true,
    status: undefined,
    lastSeen: undefined,
    lastHeartbeat: undefined,
    lastReport: undefined,
    clockSuspect: false,
  }
  const devices = {
    list: async () => [device],
    find: async (id: string) => (id === device.id ? device : undefined),
    add: async () => true,
    remove: async (id: string) => removed.push(id) > 0,
    count: async () => 1,
  } as Api['devices']
  const stored: Api['stored'] = {
    add: async () => true,
    find: async () => undefined,
    remove: async () => undefined,
    expire: async () => undefined,
    removeOld: async () => undefined,
  }
  const commands = new Commands({
    store: stored,
    topic: 'device/{id}/command',
    responseTopic: 'device/{id}/response',
    publish: () => undefined,
    isConnected: () => false,
  })
  const api: Api = {
    devices,
    stored,
    commands,
    presence: { add: () => undefined, remove: () => undefined },
    timeoutSeconds: 1,
    health: () => ({
      status: 'ok',
      broker: 'connected',
      database: 'ok',
      waiting: 0,
      lag_ms: 0,
      dead_letters: 0,
    }),
    metrics: async () => '',
  }
  const lines: unknown[] = []
  const server = await serveApi({
    address: '127.0.0.1',
    port: 0,
    token,
    api,
    statuses: new Map(),
    log: line => lines.push(line),
  })
  onTestFinished(() => server.close())
  return { port: Number(server.address.split(':')[1]), removed, lines }
}

/** Send bytes on one connection; the status of each response until the connection ends. */
async function statuses(port: number, bytes: string): Promise<number[]> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (data: Buffer) => (text += data.toString())).on('error', () => undefined)
  socket.write(bytes, 'latin1')
  await Promise.race([once(socket, 'close'), sleep(20_000)])
  socket.destroy()
  return [...text.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status))
}

const smuggled = `DELETE /devices/d1 HTTP/1.1\r\n${authorized}Connection: close\r\n\r\n`
const control = `POST /devices/d1/control HTTP/1.1\r\n${authorized}`
const chunked = 'Transfer-Encoding: chunked\r\n'
const inChunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`

// RFC 9112, section 11.2: whoever stands in front and reads the length in another way must not find a second request.
test.each([
  ['both lengths', `Content-Length: 6\r\n${chunked}\r\n0\r\n\r\n${smuggled}`],
  ['both lengths, the other first', `${chunked}Content-Length: 6\r\n\r\n0\r\n\r\n${smuggled}`],
  ['two lengths', `Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`],
  ['a list of lengths', `Content-Length: 0, ${smuggled.length}\r\n\r\n${smuggled}`],
  ['a length with a sign', `Content-Length: +0\r\n\r\n${smuggled}`],
  ['a negative length', `Content-Length: -1\r\n\r\n${smuggled}`],
  ['a length in hexadecimal', `Content-Length: 0x0\r\n\r\n${smuggled}`],
  ['an unknown encoding', `Transfer-Encoding: xchunked\r\n\r\n${smuggled}`],
  [
    'chunked and another encoding after it',
    `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  ['a space before the colon', `Content-Length : 0\r\n\r\n${smuggled}`],
  ['a header on two lines', `X: a\r\n Content-Length: 0\r\n\r\n${smuggled}`],
  ['a chunk size that is none', `${chunked}\r\nzz\r\n${smuggled}`],
  ['a chunk size that overflows', `${chunked}\r\nffffffffffffffffff\r\n${smuggled}`],
  ['a chunk that is longer than its size', `${chunked}\r\n1\r\n${smuggled}`],
  ['lines that end in a line feed', `Content-Length: 0\n\n${smuggled}`],
  ['a carriage return in a header', `X: a\rContent-Length: 0\r\n\r\n${smuggled}`],
  ['a zero byte in a header', `X: a\0b\r\n\r\n${smuggled}`],
])('%s: the request is refused with what follows it', async (_, rest) => {
  const { port, removed } = await serve()
  expect(await statuses(port, control + rest)).toEqual([400])
  expect(removed).toEqual([])
})

test('a request in the body of another is its body', async () => {
  const { port, removed } = await serve()
  expect(await statuses(port, `${control}${chunked}Connection: close\r\n\r\n${inChunk}`)).toEqual([400])
  expect(removed).toEqual([])
  // The same after the end of a body is a request.
  expect(await statuses(port, `${control}Content-Length: 2\r\n\r\n{}${smuggled}`)).toEqual([422, 204])
  expect(removed).toEqual(['d1'])
})

test.each([
  ['none', ''],
  ['an empty one', 'Authorization: \r\n'],
  ['a wrong one', `Authorization: Bearer ${'y'.repeat(32)}\r\n`],
  ['a part of it', `Authorization: Bearer ${token.slice(1)}\r\n`],
  ['more than it', `Authorization: Bearer ${token}x\r\n`],
  ['two', `Authorization: Bearer ${token} ${token}\r\n`],
  ['another scheme', `Authorization: Basic ${token}\r\n`],
  [
    'a wrong one, and the right one behind it',
    `Authorization: Bearer y\r\nAuthorization: Bearer ${token}\r\n`,
  ],
  ['a cookie', `Cookie: token=${token}\r\n`],
])('a token that is %s opens nothing', async (_, header) => {
  const { port, removed } = await serve()
  const head = (line: string) => `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}`
  for (const line of [
    'DELETE /devices/d1',
    `DELETE /devices/d1?token=${token}`,
    'GET /devices',
    'GET /metrics',
    'GET /healthz/../devices',
    'GET /%68ealthz',
    'GET /nothing',
    'POST /healthz',
  ])
    expect([line, await statuses(port, `${head(line)}\r\n`)]).toEqual([line, [401]])
  expect(await statuses(port, `${head('GET /healthz')}\r\n`)).toEqual([200])
  expect(removed).toEqual([])
})

test.each([
  ['/devices/..', 404],
  ['/devices/%2e%2e', 404],
  ['/devices/.', 404],
  ['/devices/..%2f..%2fetc%2fpasswd', 422],
  ['/devices/%2e%2e%2f', 422],
  ['/devices/..%00', 422],
  ['/devices/d1%0d%0aX: y', 400],
  ['/devices/d1%0d%0aSet-Cookie:x', 422],
  ['/devices/%1b%5b31m', 422],
  ['/devices/%ff', 400],
  ['/devices/%c0%ae%c0%ae', 400],
  ['//etc/passwd', 404],
  ['/devices/../../../etc/passwd', 404],
  ['http://x/devices/d1', 400],
  ['*', 400],
])('the path %s has no device: %d', async (path, status) => {
  const { port, removed, lines } = await serve()
  const request = `DELETE ${path} HTTP/1.1\r\n${authorized}Connection: close\r\n\r\n`
  expect(await statuses(port, request)).toEqual([status])
  expect(removed).toEqual([])
  expect(lines).toEqual([])
})

test.each([
  ['a header', `GET /healthz HTTP/1.1\r\n${authorized}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['many headers', `GET /healthz HTTP/1.1\r\n${authorized}${'X: y\r\n'.repeat(5000)}\r\n`, 431],
  ['a path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${authorized}\r\n`, 431],
  [
    'a body that says so',
    `${control}Connection: close\r\nContent-Length: 999999999999\r\n\r\n${' '.repeat(40_000)}`,
    413,
  ],
  [
    'a body in chunks',
    `${control}Connection: close\r\n${chunked}\r\n${`1000\r\n${' '.repeat(4096)}\r\n`.repeat(20)}`,
    413,
  ],
  ['an extension of a chunk', `${control}${chunked}\r\n1;${'x'.repeat(40_000)}\r\n \r\n0\r\n\r\n`, 400],
])('%s without end is refused', async (_, bytes, status) => {
  const { port } = await serve()
  expect(await statuses(port, bytes)).toEqual([status])
})
