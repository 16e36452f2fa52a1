import { expect, test } from 'vitest'
import { trustRecorded } from '../../../../src/install/plan/trust-recorded.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const large = 2_000_000
const path = '/opt/program'

test.each([
  ['as an install left it', { size: large, modified: 0 }, 'recorded'],
  ['of another time', { size: large, modified: 1 }, 'read'],
  ['of another size', { size: large + 1, modified: 0 }, 'read'],
  ['without a record of it', null, 'read'],
])('a large file %s: the hash is %s', async (_, left, expected) => {
  const node = await tinyNode()
  await node.put(path, 'x'.repeat(large))
  const modified = await node.files.modified(path)
  const after = left && { ...left, modified: (modified ?? 0) + left.modified }
  const trusting = trustRecorded([{ kind: 'file', spec: { path, sha256: 'recorded' }, after }], node)
  const read = await node.files.sha256(path)
  expect(await trusting.files.sha256(path)).toBe(expected === 'read' ? read : expected)
})

test('an image is compared with the fingerprint of its last install', async () => {
  const node = await tinyNode()
  const seen: unknown[] = []
  node.containerd.isWhole = async (_, undamaged) => {
    seen.push(undamaged)
    return true
  }
  const spec = { digest: 'sha256:1' }
  const { containerd } = trustRecorded(
    [
      { kind: 'image', spec, after: 'older' },
      { kind: 'image', spec, after: 'newer' },
    ],
    node,
  )
  for (const digest of ['sha256:1', 'sha256:2'])
    await containerd.isWhole({ reference: 'broker:2.0', digest, pinned: true })
  expect(seen).toEqual(['newer', undefined])
})
