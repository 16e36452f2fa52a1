import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import net, { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority, issueServerCertificate } from '../../../src/broker/access/certificates.ts'
import { testBroker } from '../../../src/broker-test/run/test-broker.ts'
import type { Target } from '../../../src/broker-test/target.ts'
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

const run = (port: number, access: Partial<Target> = {}): Promise<unknown> =>
  testBroker({
    target: { host: '127.0.0.1', port, ...access },
    tests: [],
    timeLimitMs: 60_000,
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

/** A TLS server with a certificate for other.example, or an expired one. */
const tlsRows: readonly [what: string, names: string[], issued: Date, words: string, remedy: string][] = [
  ['a certificate of another CA', ['127.0.0.1'], new Date(), 'is not trusted', 'with --ca FILE'],
  [
    'a certificate for other names',
    ['other.example'],
    new Date(),
    'is for other names',
    'Use a host name or',
  ],
  ['an expired certificate', ['127.0.0.1'], new Date('2021-01-01'), 'has expired', 'Renew its certificate'],
]

test.each(tlsRows)('%s is named', async (_, names, issued, words, remedy) => {
  const ours = await createAuthority('lab', new Date('2020-01-01'))
  const theirs = words === 'is not trusted' ? await createAuthority('lab', new Date('2020-01-01')) : ours
  const { certificate, key } = await issueServerCertificate(theirs, names, issued)
  const listening = createTlsServer({ cert: certificate, key }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  onTestFinished(() => void listening.close())
  const { port } = listening.address() as AddressInfo
  for (const websockets of [false, true])
    await expect(run(port, { tls: { ca: ours.certificate }, websockets })).rejects.toMatchObject({
      message: expect.stringContaining(
        `cannot test ${websockets ? 'wss' : 'mqtts'}://127.0.0.1:${port}: its TLS certificate ${words}`,
      ),
      remedy: expect.stringContaining(remedy),
    })
})

test('an HTTP server is no WebSocket', async () => {
  const port = await server(socket => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
  await expect(run(port, { websockets: true })).rejects.toThrow('an HTTP server without MQTT answers')
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
