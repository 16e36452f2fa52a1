import { expect, test } from 'vitest'
import { image } from '../../../src/actions/image.ts'
import { importImage } from '../../../src/actions/import-image.ts'
import type { ImageDamage } from '../../../src/node/containerd/image-damage.ts'
import { units } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const digest = 'sha256:image'
const spec = { reference: 'example.com/x:1', archive: '/x.tar', digest, platform: 'linux/amd64' }
const imports = 'import /x.tar linux/amd64'

/** A node with an image of two layers and a container that uses it. */
async function nodeWith(damage: Partial<ImageDamage>): Promise<TinyNode> {
  const node = await tinyNode()
  node.damage.set(digest, { content: [], snapshots: [], ...damage })
  node.snapshots = [
    { key: 'sha256:upper', parent: 'sha256:lower', kind: 'Committed' },
    { key: 'sha256:other', parent: 'sha256:lower', kind: 'Committed' },
    { key: 'sha256:lower', parent: '', kind: 'Committed' },
    { key: 'sha256:apart', parent: '', kind: 'Committed' },
  ]
  node.content = ['sha256:layer', 'sha256:config']
  return node
}

const damaged = (name: string): Partial<ImageDamage> => ({
  snapshots: [{ name, files: [{ path: '/bin/sh', problem: 'empty' }] }],
})

const uses = (node: TinyNode, id: string, below: string): void => {
  node.snapshots.push({ key: id, parent: below, kind: 'Active' })
  node.containers.push({ id, image: spec.reference, snapshot: id, labels: {} })
}

test.each<[what: string, damage: Partial<ImageDamage>, calls: string[]]>([
  ['nothing', {}, [imports]],
  ['the upper snapshot', damaged('sha256:upper'), [imports, 'snapshot rm sha256:upper', 'collect', imports]],
  [
    'the lower snapshot, which another image shares',
    damaged('sha256:lower'),
    [
      imports,
      'snapshot rm sha256:other',
      'snapshot rm sha256:upper',
      'snapshot rm sha256:lower',
      'collect',
      imports,
    ],
  ],
  [
    'both snapshots',
    { snapshots: ['sha256:lower', 'sha256:upper'].map(name => ({ name, files: [] })) },
    [
      imports,
      'snapshot rm sha256:other',
      'snapshot rm sha256:upper',
      'snapshot rm sha256:lower',
      'collect',
      imports,
    ],
  ],
  ['content', { content: ['sha256:config'] }, [imports, 'content rm sha256:config', 'collect', imports]],
  ['content that was not imported', { content: ['sha256:absent'] }, [imports]],
  // It has just been unpacked.
  ['a snapshot that was not there before', damaged('sha256:new'), [imports]],
])('imports an image with damage to %s', async (_, damage, calls) => {
  const node = await nodeWith(damage)
  await importImage(spec, node, { mayStopBroker: true })
  expect(node.calls).toEqual(calls)
})

test('an import that fails because of the damage is repeated', async () => {
  const node = await nodeWith({ content: ['sha256:config'] })
  node.broken.set(imports, 'unexpected end of JSON input')
  node.containerd.collectGarbage = async () => void node.broken.delete(imports)
  await importImage(spec, node, { mayStopBroker: true })
  expect(node.calls.filter(call => call === imports)).toHaveLength(2)
})

test.each<[what: string, damage: Partial<ImageDamage>]>([
  ['without damage', {}],
  ['of an image that was never imported', { content: ['sha256:absent'] }],
])('a failed import %s fails with its reason', async (_, damage) => {
  const node = await nodeWith(damage)
  node.broken.set(imports, 'no space left on device')
  const done = importImage(spec, node, { mayStopBroker: true })
  await expect(done).rejects.toThrow('no space left on device')
  expect(node.calls).toEqual([imports])
})

test('reports the failed import when containerd no longer answers', async () => {
  const node = await nodeWith({})
  node.broken.set(imports, 'containerd closed the connection')
  node.containerd.damage = () => Promise.reject(new Error('no answer'))
  const done = importImage(spec, node, { mayStopBroker: true })
  await expect(done).rejects.toThrow('containerd closed the connection')
})

test('removes nothing that a container of a pod uses, and names it', async () => {
  const node = await nodeWith(damaged('sha256:lower'))
  uses(node, 'pod1', 'sha256:upper')
  uses(node, 'unrelated', 'sha256:apart')
  const done = importImage(spec, node, { mayStopBroker: true })
  await expect(done).rejects.toThrow(
    /^cannot repair the image: containers use it\. .*\n {2}ctr -n k8s\.io tasks rm --force pod1; .* rm pod1$/,
  )
  expect(node.calls).toEqual([imports])
})

const stop = `stop ${units.broker}`
const start = `start ${units.broker}`

test.each<[what: string, active: string, uses: boolean, isStopped: boolean]>([
  ['runs from the damaged image', 'active', true, true],
  ['fails to start', 'activating', false, true],
  ['runs from another image', 'active', false, false],
  ['is stopped', 'inactive', false, false],
])('a broker that %s', async (_, active, isUser, isStopped) => {
  const node = await nodeWith(damaged('sha256:upper'))
  node.setUnit(units.broker, { active })
  if (isUser) uses(node, 'mosquitto', 'sha256:upper')
  node.systemd.stop = async unit => {
    node.calls.push(`stop ${unit}`)
    node.containers = []
    node.snapshots = node.snapshots.filter(({ key }) => key !== 'mosquitto')
  }
  await importImage(spec, node, { mayStopBroker: true })
  const removed = ['snapshot rm sha256:upper', 'collect', imports]
  expect(node.calls).toEqual([imports, ...(isStopped ? [stop, ...removed, start] : removed)])
})

test('the broker starts again when the image cannot be repaired', async () => {
  const node = await nodeWith(damaged('sha256:lower'))
  node.setUnit(units.broker, { active: 'activating' })
  uses(node, 'pod1', 'sha256:upper')
  await expect(importImage(spec, node, { mayStopBroker: true })).rejects.toThrow('pod1')
  expect(node.calls).toEqual([imports, stop, start])
})

test('the broker that is being started is not stopped', async () => {
  const node = await nodeWith(damaged('sha256:upper'))
  node.setUnit(units.broker, { active: 'activating' })
  await importImage(spec, node, { mayStopBroker: false })
  expect(node.calls).not.toContain(stop)
})

test('a damaged image is different from what was installed', async () => {
  const node = await nodeWith(damaged('sha256:upper'))
  const found = {
    reference: spec.reference,
    digest,
    complete: true,
    unpacked: true,
    pinned: true,
    platforms: [],
  }
  node.images = [found]
  const item = { spec, ownership: 'created' as const, before: { names: [], older: false }, after: null }
  expect(await image.removal?.difference(item, node)).toBe('is damaged')
})
