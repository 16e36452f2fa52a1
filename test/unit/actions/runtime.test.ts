import { expect, test } from 'vitest'
import { serviceDirectory } from '../../../src/actions/files/service-directory.ts'
import { image } from '../../../src/actions/image.ts'
import { containerdAnswers } from '../../../src/actions/services/containerd-answers.ts'
import { containerdUuid } from '../../../src/actions/services/containerd-uuid.ts'
import { parseContainerdConfig } from '../../../src/node/containerd/containerd-config.ts'
import { tinyNode } from './tiny-node.ts'

const path = '/var/lib/service'
const noBackUp = () => Promise.reject(new Error('there is no file to keep'))

test('reverting removes a new directory with its contents', async () => {
  const node = await tinyNode()
  await node.put('/var/lib/other', '')
  const disk = await node.disk()
  const before = await serviceDirectory.capture({ path }, node, noBackUp)
  expect(await serviceDirectory.inspect({ path }, node)).toBe('needed')
  await serviceDirectory.apply({ path }, node)
  expect(await serviceDirectory.inspect({ path }, node)).toBe('done')
  await node.put(`${path}/deep/below`, 'x')
  await serviceDirectory.revert({ path }, before, node)
  expect(await node.disk()).toEqual(disk)
  await serviceDirectory.revert({ path }, before, node)
  expect(await node.disk()).toEqual(disk)
})

test('reverting an existing directory removes only what was added', async () => {
  const node = await tinyNode()
  await node.put(`${path}/theirs/file`, 'x')
  const disk = await node.disk()
  const before = await serviceDirectory.capture({ path }, node, noBackUp)
  await serviceDirectory.apply({ path }, node)
  await node.put(`${path}/ours/file`, 'x')
  await node.put(`${path}/file`, 'x')
  await serviceDirectory.revert({ path }, before, node)
  expect(await node.disk()).toEqual(disk)
})

test('waits for containerd', async () => {
  const node = await tinyNode()
  const spec = { socket: '/run/x.sock', timeoutMs: 5_000 }
  let asked = 0
  node.containerd.answers = async () => ++asked > 2
  expect(await containerdAnswers.inspect(spec, node)).toBe('needed')
  await containerdAnswers.apply(spec, node)
  expect(await containerdAnswers.inspect(spec, node)).toBe('done')
  node.containerd.answers = async () => false
  await expect(containerdAnswers.apply({ ...spec, timeoutMs: 0 }, node)).rejects.toThrow('/run/x.sock')
})

test.each([true, false])(
  'a damaged UUID of containerd is removed if containerd answers: %s',
  async answers => {
    const node = await tinyNode()
    await node.put('/srv/uuid', '')
    node.containerd.answers = async () => answers
    node.containerd.config = async () => ({ config: { ...parseContainerdConfig(''), root: '/srv' } })
    node.containerd.damagedUuid = async root =>
      (await node.files.status(`${root}/uuid`)) && { path: `${root}/uuid`, problem: 'empty' }
    expect(await containerdUuid.inspect({}, node)).toBe(answers ? 'needed' : 'done')
    await containerdUuid.apply({}, node)
    expect(await node.files.status('/srv/uuid')).toEqual(answers ? undefined : expect.anything())
    expect(await containerdUuid.inspect({}, node)).toBe('done')
  },
)

test('an image is needed while there is no containerd', async () => {
  const node = await tinyNode()
  node.containerd.answers = async () => false
  node.containerd.imageNames = () => Promise.reject(new Error('ctr: not found on this machine'))
  const spec = {
    reference: 'example.com/x:1',
    digest: 'sha256:1',
    platform: 'linux/amd64',
    archive: '/x.tar',
  }
  expect(await image.inspect(spec, node)).toBe('needed')
})
