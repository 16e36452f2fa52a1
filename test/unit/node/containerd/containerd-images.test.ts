import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { withContents } from '../../../../src/node/containerd/containerd-images.ts'
import type { ContainerdServices } from '../../../../src/node/containerd/containerd-services.ts'
import { GrpcFailure } from '../../../../src/node/containerd/grpc.ts'
import { decode, type Message, textIn } from '../../../../src/node/containerd/protobuf.ts'
import { CommandError } from '../../../../src/node/processes/command-error.ts'

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
const message = (fields: Record<number, string>): Message =>
  new Map(Object.entries(fields).map(([field, text]) => [Number(field), [Buffer.from(text)]]))

/** A store with an image of two layers for two architectures; the content for arm64 is missing. */
function store() {
  const blobs = new Map<string, string>()
  const put = (content: unknown): { digest: string } => {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    blobs.set(sha256(text), text)
    return { digest: sha256(text) }
  }
  const diffs = [sha256('first'), sha256('second')]
  const layers = [put('packed first'), put('packed second')]
  const config = put({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffs } })
  const manifest = put({ schemaVersion: 2, config, layers })
  const platform = { os: 'linux', architecture: 'amd64' }
  const index = put({
    manifests: [
      { digest: sha256('other'), platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { ...manifest, platform },
      { digest: sha256('attested'), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  })
  // OCI ChainID: of the first layer, then of both.
  const snapshots = new Set([diffs[0], sha256(diffs.join(' '))])
  return { blobs, put, snapshots, index, manifest, config, layers }
}

function servicesOf({ blobs, snapshots }: ReturnType<typeof store>) {
  const asked: string[] = []
  const ask: ContainerdServices['ask'] = async (method, request = Buffer.alloc(0)) => {
    const wanted = decode(request)
    asked.push(`${method} ${textIn(wanted, 1)}`)
    if (method === 'content.v1.Content/Read') {
      const text = blobs.get(textIn(wanted, 1))
      if (text === undefined) throw new GrpcFailure('not found')
      // Long content comes in several responses.
      return [message({ 2: text.slice(0, 40) }), message({ 2: text.slice(40) })]
    }
    expect([method, textIn(wanted, 1)]).toEqual(['snapshots.v1.Snapshots/Stat', 'overlayfs'])
    if (!snapshots.has(textIn(wanted, 2))) throw new GrpcFailure('not found')
    return [message({})]
  }
  const list: ContainerdServices['list'] = async method => {
    asked.push(method)
    return [...blobs.keys()].map(digest => message({ 1: digest }))
  }
  return { ask, list, asked }
}

type Change = (found: ReturnType<typeof store>) => void
const both = ['linux/arm64/v8', 'linux/amd64']

test.each<[string, Change, { complete: boolean; unpacked: boolean; platforms: string[] }]>([
  ['everything', () => {}, { complete: true, unpacked: true, platforms: both }],
  [
    'a layer missing',
    ({ blobs, layers }) => blobs.delete(layers[1]?.digest ?? ''),
    { complete: false, unpacked: true, platforms: both },
  ],
  [
    'the configuration missing',
    ({ blobs, config }) => blobs.delete(config.digest),
    { complete: false, unpacked: false, platforms: both },
  ],
  [
    'the manifest missing',
    ({ blobs, manifest }) => blobs.delete(manifest.digest),
    { complete: false, unpacked: false, platforms: both },
  ],
  [
    'the index missing',
    ({ blobs, index }) => blobs.delete(index.digest),
    { complete: false, unpacked: false, platforms: [] },
  ],
  [
    'a truncated index',
    ({ blobs, index }) => blobs.set(index.digest, '{"manifests":['),
    { complete: false, unpacked: false, platforms: [] },
  ],
  [
    'an index that is not an object',
    ({ blobs, index }) => blobs.set(index.digest, '[]'),
    { complete: false, unpacked: false, platforms: [] },
  ],
  [
    'not completely unpacked',
    ({ snapshots }) => snapshots.delete([...snapshots][1] ?? ''),
    { complete: true, unpacked: false, platforms: both },
  ],
  [
    'an index without platforms',
    ({ blobs, index, manifest }) => blobs.set(index.digest, JSON.stringify({ manifests: [manifest] })),
    { complete: true, unpacked: true, platforms: ['linux/amd64'] },
  ],
  [
    'an index for another platform',
    ({ blobs, index, manifest }) =>
      blobs.set(
        index.digest,
        JSON.stringify({ manifests: [{ ...manifest, platform: { os: 'linux', architecture: 'riscv64' } }] }),
      ),
    { complete: false, unpacked: false, platforms: ['linux/riscv64'] },
  ],
])('reports how much of an image containerd has: %s', async (_, change, content) => {
  const found = store()
  change(found)
  const names = [{ reference: 'broker:2.0', digest: found.index.digest }]
  expect(await withContents(names, servicesOf(found), 'amd64')).toEqual([{ ...names[0], ...content }])
})

test('reads an image that has no index and no layers', async () => {
  const found = store()
  const config = found.put({ os: 'linux', architecture: 'arm64', variant: 'v8', rootfs: {} })
  const { digest } = found.put({ config })
  expect(await withContents([{ digest }], servicesOf(found), 'amd64')).toEqual([
    { digest, complete: true, unpacked: false, platforms: ['linux/arm64/v8'] },
  ])
})

test('inspects an image with several names once', async () => {
  const found = store()
  const { digest } = found.index
  const services = servicesOf(found)
  const images = await withContents([{ digest }, { digest }, { digest: sha256('gone') }], services, 'amd64')
  expect(images.map(({ complete }) => complete)).toEqual([true, true, false])
  expect(services.asked.filter(line => line.endsWith(digest))).toHaveLength(1)
  expect(services.asked).toHaveLength(6)
})

test('throws when containerd hangs up', async () => {
  const found = store()
  const hangsUp = (): Promise<never> => Promise.reject(new CommandError('socket hang up'))
  const { ask, list } = servicesOf(found)
  const names = [{ digest: found.index.digest }]
  await expect(withContents(names, { ask: hangsUp, list }, 'amd64')).rejects.toThrow('hang up')
  await expect(withContents(names, { ask, list: hangsUp }, 'amd64')).rejects.toThrow('hang up')
  await expect(withContents(names, { ask: hangsUp, list: hangsUp }, 'amd64')).rejects.toThrow('hang up')
})
