import { expect, test } from 'vitest'
import { formatManifest } from '../../../src/bundle/manifest.ts'
import { imageDamage } from '../../../src/facts/image-damage.ts'
import { paths } from '../../../src/node/paths.ts'
import { tinyNode } from '../actions/tiny-node.ts'
import { manifest } from '../checks/healthy.ts'

const [image] = manifest.images
const receipt = (digest?: string) =>
  JSON.stringify({ items: [{ kind: 'file' }, { kind: 'image', spec: { digest }, after: 'fingerprint' }] })

test.each([
  ['the image', receipt(image?.digest), 'fingerprint'],
  ['another image', receipt('sha256:1'), undefined],
  ['nothing', undefined, undefined],
  ['something unreadable', '{', undefined],
])('compares an image with a receipt of %s', async (_, text, expected) => {
  const node = await tinyNode()
  await node.put(paths.installedManifest, formatManifest(manifest))
  if (text !== undefined) await node.put(paths.receipt, text)
  const { reference = '', digest = '' } = image ?? {}
  node.images.push({ reference, digest, pinned: true, complete: true, unpacked: true, platforms: [] })
  const seen: unknown[] = []
  node.containerd.damage = async (_, { undamaged } = {}) => {
    seen.push(undamaged)
    return { content: [], snapshots: [] }
  }
  expect(await imageDamage.collect(node, AbortSignal.timeout(1000))).toEqual({
    examined: [digest],
    damaged: [],
  })
  expect(seen).toEqual([expected])
})

test.each([
  [0, 0],
  [500_000_000, 100_000],
])('takes longer for images of %d bytes', async (unpackedSize, expected) => {
  const node = await tinyNode()
  const images = manifest.images.map(each => ({ ...each, unpackedSize }))
  await node.put(paths.installedManifest, formatManifest({ ...manifest, images }))
  expect(await imageDamage.moreTimeMs?.(node)).toBe(expected)
})
