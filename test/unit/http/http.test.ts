import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { get } from '../../../src/http/http.ts'

const timeouts = { headersMs: 5000, stallMs: 5000 }
const never = new AbortController().signal

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const dispose = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url, [Symbol.dispose]: dispose }
}

test('receives a large response completely without keeping it in memory', async () => {
  const [piece, count] = [randomBytes(1 << 20), 128]
  using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': piece.length * count })
    Readable.from(Array(count).fill(piece)).pipe(response)
  })
  const { body } = await get(server.url, {}, timeouts, never)
  const [received, expected] = [createHash('sha256'), createHash('sha256')]
  // Start at the lowest value: garbage of other tests may be collected meanwhile.
  let [lowest, rise] = [Number.POSITIVE_INFINITY, 0]
  for await (const part of body) {
    received.update(part)
    const { arrayBuffers } = process.memoryUsage()
    lowest = Math.min(lowest, arrayBuffers)
    rise = Math.max(rise, arrayBuffers - lowest)
  }
  for (let sent = 0; sent < count; sent++) expected.update(piece)
  expect(received.digest('hex')).toBe(expected.digest('hex'))
  expect(rise).toBeLessThan(16 << 20)
})

test('reuses the connection after discarding a short response', async () => {
  const ports = new Set<number | undefined>()
  using server = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    response.writeHead(401, { 'content-length': 5 }).end('never')
  })
  for (let asked = 0; asked < 3; asked++) {
    const answer = await get(server.url, {}, timeouts, never)
    expect(answer.status).toBe(401)
    answer.discard()
    // Wait until the rest has been read and the connection is free again.
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  expect(ports.size).toBe(1)
})

test('refuses a redirect to another protocol', async () => {
  using server = await serve((_, response) =>
    response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  )
  await expect(get(server.url, {}, timeouts, never)).rejects.toThrow(
    'redirects to an unsupported protocol (file:)',
  )
})
