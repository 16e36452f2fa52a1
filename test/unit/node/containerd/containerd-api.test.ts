import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { containerdApi } from '../../../../src/node/containerd/containerd-api.ts'
import { containerdServices } from '../../../../src/node/containerd/containerd-services.ts'
import { grpcClient } from '../../../../src/node/containerd/grpc.ts'
import { encodeField } from '../../../../src/node/containerd/protobuf.ts'

const part = (field: number, ...parts: Buffer[]): Buffer => encodeField(field, Buffer.concat(parts))
const number = (field: number, ...bytes: number[]): Buffer => Buffer.from([field * 8, ...bytes])
const framed = (message: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, message.length >> 8, message.length & 255]), message])

/** A server that answers each method with these messages and records its requests in `asked`. */
async function containerdWith(answers: Record<string, Buffer[]>, asked: object[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-grpc-'))
  const path = join(directory, 'containerd.sock')
  const server = createServer()
  server.on('stream', (stream, headers) => void answer(stream, headers))
  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    asked.push({ namespace: headers['containerd-namespace'], bytes: Buffer.concat(chunks).toString('hex') })
    const messages = answers[String(headers[':path']).replace('/containerd.services.', '')]
    if (!messages) {
      stream.respond(
        { ':status': 200, 'grpc-status': '12', 'grpc-message': 'unknown%20service' },
        { endStream: true },
      )
      return
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    for (const message of messages) stream.write(framed(message))
    stream.end()
  }
  server.listen(path)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await rm(directory, { recursive: true })
  })
  return containerdApi(containerdServices(grpcClient(), async () => path))
}

test('reads what containerd reports', async () => {
  const text = encodeField
  const asked: object[] = []
  const api = await containerdWith(
    {
      'version.v1.Version/Version': [Buffer.concat([text(1, '1.6.20~ds1'), text(2, 'abc')])],
      'tasks.v1.Tasks/List': [
        part(1, text(2, 'mosquitto'), number(3, 0xee, 0x07), number(4, 2)),
        part(1, text(2, 'old'), number(3, 7), number(4, 3)),
      ],
      'containers.v1.Containers/List': [
        part(
          1,
          text(1, 'mosquitto'),
          part(2, text(1, 'a'), text(2, 'b')),
          text(3, 'image:1'),
          text(7, 'top'),
        ),
      ],
      'introspection.v1.Introspection/Plugins': [
        Buffer.concat([
          part(
            1,
            text(1, 'io.containerd.grpc.v1'),
            text(2, 'cri'),
            part(5, text(1, 'root'), text(2, '/srv/cri')),
          ),
          part(
            1,
            text(1, 'snapshotter'),
            text(2, 'zfs'),
            part(7, number(1, 12), text(2, `skip${'x'.repeat(100)}`)),
          ),
          part(1, text(1, 'snapshotter'), text(2, 'bad'), part(7, number(1, 2))),
        ]),
      ],
      // In several responses.
      'snapshots.v1.Snapshots/List': [
        part(1, text(1, 'sha256:12'), number(3, 3)),
        part(1, text(1, 'mosquitto'), text(2, 'sha256:12'), number(3, 2)),
      ],
      'images.v1.Images/List': [
        Buffer.concat([
          part(
            1,
            text(1, 'image:1'),
            part(2, text(1, 'a'), text(2, 'pinned')),
            part(2, text(1, 'io.cri-containerd.pinned'), text(2, 'pinned')),
            part(3, text(1, 'application/x'), text(2, 'sha256:12'), number(3, 9)),
          ),
          part(1, text(1, 'image:2'), part(3, text(2, 'sha256:34'))),
        ]),
      ],
      // 2026-11-21T13:17:37Z
      'leases.v1.Leases/List': [
        part(1, text(1, '17-mQVd'), part(2, number(1, 0xf1, 0xb3, 0x86, 0xd8, 0x06), number(2, 1))),
      ],
    },
    asked,
  )
  expect(await api.version()).toBe('1.6.20~ds1')
  expect(await api.tasks()).toEqual([
    { container: 'mosquitto', pid: 1006, status: 'RUNNING' },
    { container: 'old', pid: 7, status: 'STOPPED' },
  ])
  expect(await api.containers()).toEqual([
    { id: 'mosquitto', image: 'image:1', snapshot: 'top', labels: { a: 'b' } },
  ])
  expect((await api.plugins()).map(({ id, status, root }) => [id, status, root])).toEqual([
    ['cri', 'ok', '/srv/cri'],
    ['zfs', 'skip', ''],
    ['bad', 'error', ''],
  ])
  expect(await api.snapshots()).toEqual([
    { key: 'sha256:12', parent: '', kind: 'Committed' },
    { key: 'mosquitto', parent: 'sha256:12', kind: 'Active' },
  ])
  expect(await api.imageNames()).toEqual([
    { reference: 'image:1', digest: 'sha256:12', pinned: true },
    { reference: 'image:2', digest: 'sha256:34', pinned: false },
  ])
  expect(await api.leases()).toEqual([{ id: '17-mQVd', created: Date.parse('2026-11-21T13:17:37Z') }])
  expect(asked.at(-3)).toEqual({
    namespace: 'k8s.io',
    bytes: `000000000b0a09${Buffer.from('overlayfs').toString('hex')}`,
  })
})

test('labels an image with the bytes that ctr sends, but for its times', async () => {
  const asked: object[] = []
  const api = await containerdWith({ 'images.v1.Images/Update': [Buffer.alloc(0)] }, asked)
  await api.labelImage('broker:2', 'keep', 'yes')
  const image = part(
    1,
    encodeField(1, 'broker:2'),
    part(2, encodeField(1, 'keep'), encodeField(2, 'yes')),
    encodeField(3, ''),
  )
  const message = Buffer.concat([image, part(2, encodeField(1, 'labels.keep'))])
  expect(asked).toEqual([{ namespace: 'k8s.io', bytes: framed(message).toString('hex') }])
})

test('reads an empty response, and throws for an error or no server', async () => {
  const api = await containerdWith({ 'tasks.v1.Tasks/List': [Buffer.alloc(0)] })
  expect(await api.tasks()).toEqual([])
  await expect(api.version()).rejects.toThrow('Version/Version: unknown service')
  const nobody = containerdApi(containerdServices(grpcClient(), async () => '/nonexistent/containerd.sock'))
  await expect(nobody.version()).rejects.toThrow(/ENOENT/)
})
