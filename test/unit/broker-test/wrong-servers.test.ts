import { mkdtemp, readdir, rm } from 'node:fs/promises'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { testBroker } from '../../../src/broker-test/run/test-broker.ts'
import { localNode } from '../../../src/node/node.ts'

let state: string
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'edgekit-broker-test-'))
})
beforeEach(() => void vi.stubEnv('XDG_STATE_HOME', state))
afterAll(() => rm(state, { recursive: true }))

/** Listen, and answer as `serve` does. Returns the port. */
async function server(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const listening = net.createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    serve(socket)
  })
  await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    listening.close()
  })
  return (listening.address() as AddressInfo).port
}

const connack = Buffer.from([0x20, 2, 0, 0])

const rows: [what: string, serve: (socket: Socket) => void, words: string][] = [
  ['a black hole', () => undefined, 'no answer within 5 s'],
  ['an HTTP server', socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'an HTTP server answers'],
  ['a TLS port', socket => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 50])), 'the port expects TLS'],
  ['an SSH server', socket => socket.write('SSH-2.0-OpenSSH_9.6\r\n'), 'what answers is not an MQTT broker'],
  ['one that hangs up', socket => socket.destroy(), 'it closed the connection'],
  [
    'one byte per second',
    socket => {
      let at = 0
      const timer = setInterval(() => socket.write(Buffer.from([[0x20, 100][at++] ?? 0])), 1_000)
      socket.on('close', () => clearInterval(timer))
    },
    'its CONNACK is not complete after 5 s',
  ],
  [
    'a CONNACK without end',
    socket =>
      void socket.write(Buffer.concat([Buffer.from([0x20, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(1_000)])),
    'its CONNACK has no end',
  ],
  [
    'one CONNACK after the other',
    socket => {
      const timer = setInterval(() => socket.write(connack), 5)
      socket.on('close', () => clearInterval(timer))
    },
    'cannot test mqtt://',
  ],
  [
    'a broker that refuses clients',
    socket => socket.on('data', () => socket.end(Buffer.from([0x20, 2, 0, 5]))),
    'not authorized',
  ],
]

const run = (port: number): Promise<unknown> =>
  testBroker({
    target: { host: '127.0.0.1', port },
    tests: [],
    timeLimitMs: 60_000,
    nodeName: undefined,
    edgekitVersion: '0.0.0-test',
    files: localNode().files,
    signal: new AbortController().signal,
    onResult: () => undefined,
  })

test.each(rows)('%s is named', async (_, serve, words) => {
  const started = performance.now()
  await expect(run(await server(serve))).rejects.toMatchObject({
    code: 'broker-not-testable',
    exitCode: 5,
    message: expect.stringContaining(words),
  })
  expect(performance.now() - started).toBeLessThan(20_000)
  expect(await readdir(join(state, 'edgekit/broker-test'))).toEqual([])
})

test('nothing listens', async () => {
  const port = await server(() => undefined)
  const closed = net.createServer()
  await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
  const free = (closed.address() as AddressInfo).port
  await new Promise(resolve => closed.close(resolve))
  expect(port).not.toBe(free)
  await expect(run(free)).rejects.toThrow(`cannot test mqtt://127.0.0.1:${free}: connection refused`)
})
