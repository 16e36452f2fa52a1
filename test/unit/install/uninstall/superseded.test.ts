import { expect, test, vi } from 'vitest'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { type Receipt, readReceipt, writeReceipt } from '../../../../src/install/record/receipt.ts'
import { statusOf } from '../../../../src/install/status.ts'
import { removeSuperseded, withSuperseded } from '../../../../src/install/uninstall/superseded.ts'
import type { ContainerdImage } from '../../../../src/node/containerd/containerd.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'
import { bundle, fileStep, perform } from '../engine.ts'

const image = (reference: string, digest: string): DesiredStep => ({
  id: reference,
  kind: 'image',
  spec: { reference, digest, platform: 'linux/amd64', archive: `/archives/${digest}` },
})
const inContainerd = (reference: string, digest: string, pinned = false): ContainerdImage => ({
  reference,
  digest,
  complete: true,
  unpacked: true,
  pinned,
  platforms: [],
})

/** A node that was upgraded from a bundle with other images, and then to one with the same images again. */
async function upgraded(upgrades = 2): Promise<{ node: TinyNode; desired: DesiredStep[] }> {
  const node = await tinyNode()
  await node.put('/var/lib/other', '')
  for (const [digest, reference] of [
    ['sha256:a1', 'example.com/a:1'],
    ['sha256:a2', 'example.com/a:1'],
    ['sha256:b1', 'example.com/b:1'],
  ] as const) {
    await node.put(`/archives/${digest}`, digest)
    const byDigest = `${reference.slice(0, -2)}@${digest}`
    node.archives.set(digest, [inContainerd(reference, digest), inContainerd(byDigest, digest)])
  }
  await perform(node, [image('example.com/a:1', 'sha256:a1'), image('example.com/b:1', 'sha256:b1')])
  const images = [image('example.com/a:1', 'sha256:a2')]
  for (let upgrade = 1; upgrade <= upgrades; upgrade++) {
    const previous = (await readReceipt(node.files)) as Receipt
    const manifest = fileStep(paths.installedManifest, `${upgrade}`)
    await perform(node, [...images, manifest], {
      previous: withSuperseded(previous, images),
      head: { edgekit: '0', bundle: { ...bundle, manifestSha256: `${upgrade}` }, options: {} },
    })
  }
  return { node, desired: [...images, fileStep(paths.installedManifest, `${upgrades}`)] }
}

/** Whether there was something to remove, and what the step noted. */
async function removeOn(node: TinyNode, desired: DesiredStep[], sandboxImage?: string) {
  const receipt = (await readReceipt(node.files)) as Receipt
  let noted = ''
  const removed = await removeSuperseded(receipt, desired, sandboxImage, node, (_, work) =>
    work(text => {
      noted = text
    }),
  )
  return { removed, noted }
}

const names = (node: TinyNode): string[] => node.images.map(({ reference }) => reference)

test('keeps the images of the previous bundle, for a way back', async () => {
  const { node, desired } = await upgraded(1)
  const before = names(node)
  expect(before).toEqual(expect.arrayContaining(['example.com/a@sha256:a1', 'example.com/b:1']))
  expect(await removeOn(node, desired)).toEqual({ removed: false, noted: '' })
  expect(names(node)).toEqual(before)
})

test('removes images of older bundles, including one whose name was taken over', async () => {
  const { node, desired } = await upgraded()
  expect(names(node)).toContain('example.com/a@sha256:a1')
  await removeOn(node, desired)
  expect(names(node)).toEqual(['example.com/a:1', 'example.com/a@sha256:a2'])
  expect((await readReceipt(node.files))?.items.map(({ id }) => id)).toEqual([
    'example.com/a:1',
    paths.installedManifest,
  ])
  expect(await removeOn(node, desired)).toEqual({ removed: false, noted: '' })
})

test('keeps an image a container still uses until a later install', async () => {
  const { node, desired } = await upgraded()
  node.containers = [{ id: 'pod', image: 'example.com/b:1', snapshot: 'pod', labels: {} }]
  expect((await removeOn(node, desired)).noted).toBe('1 still in use')
  expect(names(node)).toContain('example.com/b:1')
  expect((await statusOf(node)).differences).toEqual([])
  node.containers = []
  await removeOn(node, desired)
  expect(names(node)).not.toContain('example.com/b:1')
})

test('does not fail the install when containerd has just stopped', async () => {
  const { node, desired } = await upgraded()
  const answer = vi.spyOn(node.containerd, 'containers').mockRejectedValue(new Error('no answer'))
  expect((await removeOn(node, desired)).noted).toBe('left for the next install: no answer')
  answer.mockRestore()
  await removeOn(node, desired)
  expect(names(node)).toEqual(['example.com/a:1', 'example.com/a@sha256:a2'])
})

test('removes archives that are no longer needed', async () => {
  const { node, desired } = await upgraded()
  const receipt = (await readReceipt(node.files)) as Receipt
  const path = `${paths.images}/b.tar`
  await node.put(path, 'archive')
  const spec = { path, sha256: '', ours: true, mode: 0o644, uid: 0, gid: 0 }
  const item = { id: path, kind: 'file', spec, ownership: 'created', before: null, after: null } as const
  await writeReceipt({ ...receipt, items: [...receipt.items, item] }, node.files)
  await removeOn(node, desired)
  expect(await node.files.status(path)).toBeUndefined()
})

test('keeps the sandbox image of containerd', async () => {
  const { node, desired } = await upgraded()
  await removeOn(node, desired, 'example.com/b:1')
  expect(names(node)).toEqual([
    'example.com/b:1',
    'example.com/b@sha256:b1',
    'example.com/a:1',
    'example.com/a@sha256:a2',
  ])
})
