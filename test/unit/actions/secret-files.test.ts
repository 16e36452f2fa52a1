import { expect, test } from 'vitest'
import { filePrivate } from '../../../src/actions/files/file-private.ts'
import { fileRemoved } from '../../../src/actions/files/file-removed.ts'
import { tinyNode } from './tiny-node.ts'

const path = '/etc/kubeedge/token'
const backUp =
  (node: Awaited<ReturnType<typeof tinyNode>>) =>
  async (from: string): Promise<string> => {
    await node.put('/backup', (await node.files.read(from)) ?? '', 0o600)
    return '/backup'
  }

test.each([
  [0o644, 'needed', 0o640],
  [0o666, 'needed', 0o660],
  [0o640, 'done', 0o640],
] as const)('a file of mode %o is %s to make private, and then has %o', async (mode, inspection, after) => {
  const node = await tinyNode()
  await node.put(path, 'secret', mode)
  expect(await filePrivate.inspect({ path }, node)).toBe(inspection)
  const before = await filePrivate.capture({ path }, node, backUp(node))
  await filePrivate.apply({ path }, node)
  expect((await node.files.status(path))?.mode).toBe(after)
  for (const _ of ['once', 'twice']) await filePrivate.revert({ path }, before, node)
  expect((await node.files.status(path))?.mode).toBe(mode)
})

test('a link, whose target may belong to another program, is left alone', async () => {
  const node = await tinyNode()
  await node.put('/etc/kubeedge/other', '', 0o644)
  await node.files.link(path, 'other')
  expect(await filePrivate.inspect({ path }, node)).toBe('foreign')
})

test('a file is deleted, and restored by a rollback', async () => {
  const node = await tinyNode()
  await node.put(path, 'secret', 0o600)
  expect(await fileRemoved.inspect({ path }, node)).toBe('needed')
  const before = await fileRemoved.capture({ path }, node, backUp(node))
  for (const _ of ['once', 'twice']) await fileRemoved.apply({ path }, node)
  expect(await fileRemoved.inspect({ path }, node)).toBe('done')
  for (const _ of ['once', 'twice']) await fileRemoved.revert({ path }, before, node)
  expect(await node.files.read(path)).toBe('secret')
})
