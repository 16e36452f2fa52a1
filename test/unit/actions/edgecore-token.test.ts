import { expect, test } from 'vitest'
import { edgecoreConfig } from '../../../src/actions/files/edgecore-config.ts'
import { Secret } from '../../../src/lib/secret.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const token = 'top.secret.token.x'
const spec = {
  path: '/etc/edgecore.yaml',
  base: 'modules: {}\n',
  values: { 'modules.eventBus.mqttMode': 2 },
  initial: {},
  secrets: { 'modules.edgeHub.token': new Secret(token, 'token from stdin') },
}
const config = 'modules:\n  edgeHub:\n    token: old.secret.token.x\n  eventBus:\n    mqttMode: 2\n'

async function nodeWith(text: string, mode: number): Promise<TinyNode> {
  const node = await tinyNode()
  await node.put(spec.path, text)
  await node.files.setAccess(spec.path, { mode, uid: 0, gid: 0 })
  return node
}

test.each([
  [0o644, 0o640],
  [0o640, 0o640],
  [0o600, 0o600],
])('a file of mode %o with a token gets mode %o', async (before, after) => {
  const node = await nodeWith(config, before)
  expect(await edgecoreConfig.inspect(spec, node)).toBe('needed')
  await edgecoreConfig.apply(spec, node)
  expect(await edgecoreConfig.inspect(spec, node)).toBe('done')
  expect(await node.files.read(spec.path)).toBe(config.replace('old.secret.token.x', token))
  expect((await node.files.status(spec.path))?.mode).toBe(after)
})

test('makes a world-readable file with a token private', async () => {
  const node = await nodeWith(config.replace('old.secret.token.x', token), 0o644)
  expect(await edgecoreConfig.inspect(spec, node)).toBe('needed')
})

test('shows the token neither in previews nor in stored specs', async () => {
  const node = await nodeWith(config, 0o640)
  const preview = await edgecoreConfig.preview?.(spec, node)
  expect(preview?.after).toEqual({ text: config.replace('old.secret.token.x', '(hidden, new)') })
  expect(JSON.stringify([preview, spec, edgecoreConfig.describe(spec)])).not.toContain('secret.token')
})

test('a stored spec is complete without the token', async () => {
  const node = await nodeWith(config, 0o640)
  const written = JSON.parse(JSON.stringify(spec))
  expect(await edgecoreConfig.inspect(written, node)).toBe('done')
})
