import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { abortWhenServerGone, socketState } from '../../../../src/node/containerd/containerd-socket.ts'

async function socketOf(server?: Server): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-socket-'))
  const path = join(directory, 'containerd.sock')
  if (server) {
    server.listen(path)
    await once(server, 'listening')
  }
  onTestFinished(async () => {
    server?.close()
    await rm(directory, { recursive: true })
  })
  return path
}

test('reports a gRPC server as answering', async () => {
  expect(await socketState(await socketOf(createHttp2Server()), 5000)).toBe('answers')
})

test('reports a server that never speaks as silent', async () => {
  const server = createServer(connection => onTestFinished(() => void connection.destroy()))
  expect(await socketState(await socketOf(server), 100)).toBe('silent')
})

test('reports a server that hangs up as silent', async () => {
  expect(await socketState(await socketOf(createServer(connection => connection.end())), 300)).toBe('silent')
})

test('reports a missing socket as absent', async () => {
  expect(await socketState(await socketOf(), 5000)).toBe('absent')
})

test('aborts some time after the server hangs up', async () => {
  const server = createHttp2Server()
  const path = await socketOf(server)
  const connected = once(server, 'session')
  using end = abortWhenServerGone(path, 300)
  const [session] = (await connected) as [ServerHttp2Session]
  expect(end.signal.aborted).toBe(false)
  const began = performance.now()
  session.destroy()
  await once(end.signal, 'abort')
  expect(performance.now() - began).toBeGreaterThan(290)
  expect(end.signal.reason).toEqual(new Error('containerd closed the connection'))
})

test('aborts for a missing server, and not after it is disposed', async () => {
  const path = await socketOf()
  using end = abortWhenServerGone(path, 0)
  const early = abortWhenServerGone(path, 0)
  early[Symbol.dispose]()
  await once(end.signal, 'abort')
  expect(early.signal.aborted).toBe(false)
})
