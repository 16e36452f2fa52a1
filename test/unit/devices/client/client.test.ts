import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { devicesClient } from '../../../../src/devices/client/client.ts'
import { EdgekitError } from '../../../../src/lib/errors.ts'

interface Seen {
  request: string
  authorization: string | undefined
  prefer: unknown
  body: string
}

/** A service that gives these answers, one after another. */
async function setUp(...answers: { status: number; body?: object }[]) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    const { authorization, prefer } = headers
    void readText(request).then(text => {
      seen.push({ request: `${method} ${url}`, authorization, prefer, body: text })
      const { status, body } = answers.shift() ?? { status: 500 }
      response.writeHead(status).end(body === undefined ? '' : JSON.stringify(body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { seen, server, client: clientOf('0.0.0.0', port), port }
}

const clientOf = (address: string, port: number, signal = new AbortController().signal) =>
  devicesClient({ http: { address, port, tokenFile: '/t' }, token: 'secret', signal })

async function errorOf(work: Promise<unknown>): Promise<EdgekitError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  if (!(error instanceof EdgekitError)) throw new Error('no error')
  return error
}

test('devices are listed page by page, with the token', async () => {
  const { client, seen } = await setUp(
    { status: 200, body: { devices: [{ device_id: 'a' }], next: 'a' } },
    { status: 200, body: { devices: [{ device_id: 'b c' }] } },
  )
  expect(await client.list()).toEqual([{ device_id: 'a' }, { device_id: 'b c' }])
  expect(seen.map(({ request }) => request)).toEqual([
    'GET /devices?after=&limit=1000',
    'GET /devices?after=a&limit=1000',
  ])
  expect(seen[0]?.authorization).toBe('Bearer secret')
})

test('a device is added once', async () => {
  const { client, seen } = await setUp({ status: 201, body: {} }, { status: 200, body: {} })
  expect([await client.add('a/b'), await client.add('a')]).toEqual([true, false])
  expect(seen[0]?.request).toBe('PUT /devices/a%2Fb')
})

test.each([
  [true, undefined],
  [false, 'respond-async'],
])('a command with wait %s', async (wait, prefer) => {
  const { client, seen } = await setUp({ status: 200, body: { state: 'answered' } })
  const command = { action: 'led', timeout_seconds: 5 }
  expect(await client.send('d1', command, { wait })).toEqual({ state: 'answered' })
  expect(seen).toMatchObject([
    { request: 'POST /devices/d1/control', prefer, body: '{"action":"led","timeout_seconds":5}' },
  ])
})

test.each([
  [401, 'devices-not-running', 3],
  [404, 'device-unknown', 3],
  [409, 'devices-request-refused', 3],
  [503, 'devices-not-ready', 5],
  [504, 'device-silent', 5],
])('status %i is %s', async (status, code, exitCode) => {
  const { client } = await setUp({ status, body: { detail: 'the reason' } })
  expect(await errorOf(client.find('d1'))).toMatchObject({
    message: 'cannot show the device d1: the reason',
    code,
    exitCode,
  })
})

test('a service that does not run is named, and how to start it', async () => {
  const { server, port } = await setUp()
  server.close()
  await once(server, 'close')
  expect(await errorOf(clientOf('127.0.0.1', port).list())).toMatchObject({
    message: `cannot reach the device service at 127.0.0.1:${port}: connection refused`,
    remedy: 'Start it:\n  edgekit devices serve',
    code: 'devices-not-running',
  })
})

test('Ctrl-C ends a request', async () => {
  const { port } = await setUp()
  const stopped = new Error('stopped')
  await expect(clientOf('127.0.0.1', port, AbortSignal.abort(stopped)).list()).rejects.toBe(stopped)
})
