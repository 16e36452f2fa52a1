import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { GrpcFailure, grpcClient } from '../../../../src/node/containerd/grpc.ts'
import { encodeField, textIn } from '../../../../src/node/containerd/protobuf.ts'

function answer(stream: ServerHttp2Stream, text: string): void {
  const message = encodeField(1, text)
  stream.respond({ ':status': 200 }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]))
}

/** A server that answers `/echo`, refuses `/no`, hangs up at `/bye`, and ignores everything else. */
async function serve() {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-grpc-'))
  const socket = join(directory, 'socket')
  const sessions: ServerHttp2Session[] = []
  const server = createServer().on('session', session => sessions.push(session))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/echo') answer(stream, 'hello')
    if (headers[':path'] === '/no') {
      stream.respond({ 'grpc-status': '5', 'grpc-message': 'not%20found' }, { endStream: true })
    }
    if (headers[':path'] === '/bye') stream.session?.destroy()
  })
  server.listen(socket)
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const session of sessions) session.destroy()
    server.close()
    await rm(directory, { recursive: true })
  })
  const call = grpcClient()
  const ask = async (method: string, timeoutMs = 5_000): Promise<string[]> =>
    (await call({ socket, method, request: Buffer.alloc(0), headers: {}, timeoutMs })).map(message =>
      textIn(message, 1),
    )
  return { ask, sessions }
}

test('shares a connection between calls and closes it when it is idle', async () => {
  const { ask, sessions } = await serve()
  const warn = vi.spyOn(process, 'emitWarning')
  const calls = Array.from({ length: 30 }, () => ask('/echo'))
  expect(await Promise.all(calls)).toEqual(Array(30).fill(['hello']))
  expect(warn).not.toHaveBeenCalled()
  expect(await ask('/echo')).toEqual(['hello'])
  expect(sessions).toHaveLength(1)
  await vi.waitFor(() => expect(sessions[0]?.closed).toBe(true))
  expect(await ask('/echo')).toEqual(['hello'])
  expect(sessions).toHaveLength(2)
})

test('does not let a call without an answer affect others', async () => {
  const { ask } = await serve()
  const silent = expect(ask('/silence', 100)).rejects.toThrow('/silence: no answer within 0.1 s')
  const [refused, answered] = await Promise.allSettled([ask('/no'), ask('/echo')])
  expect(refused).toMatchObject({ reason: new GrpcFailure('/no: not found') })
  expect(answered).toMatchObject({ value: ['hello'] })
  await silent
  expect(await ask('/echo')).toEqual(['hello'])
})

test('fails all waiting calls when the server hangs up, and reconnects', async () => {
  const { ask } = await serve()
  const waiting = await Promise.allSettled([ask('/silence'), ask('/bye')])
  expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  for (const found of waiting) expect(found).not.toMatchObject({ reason: expect.any(GrpcFailure) })
  expect(await ask('/echo')).toEqual(['hello'])
})
