import { expect, test } from 'vitest'
import { GrpcFailure } from '../../../../src/node/containerd/grpc.ts'
import { damagedUuid } from '../../../../src/node/containerd/server-uuid.ts'
import { CommandError } from '../../../../src/node/processes/command-error.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const path = '/srv/io.containerd.grpc.v1.introspection/uuid'
const uuid = '668a0627-669e-4ea2-bfc1-67c2ab9bee66'

const fails = () => Promise.reject(new GrpcFailure('invalid UUID length: 0'))
const renews = async () => {}
const isNotAsked = () => Promise.reject(new Error('asked'))

test.each([
  ['is whole', uuid, isNotAsked, undefined],
  ['does not exist', undefined, isNotAsked, undefined],
  ['is empty', '', fails, { path, problem: 'empty' }],
  ['is of zeros', '\0'.repeat(36), fails, { path, problem: 'not a UUID' }],
  ['is cut off', uuid.slice(0, 20), fails, { path, problem: 'not a UUID' }],
  ['is empty, and containerd writes a new one', '', renews, undefined],
])('a UUID that %s', async (_, text, ask, expected) => {
  const node = await tinyNode()
  if (text !== undefined) await node.put(path, text)
  expect(await damagedUuid(node.files, '/srv', ask)).toEqual(expected)
})

test('a containerd that does not answer is no damaged UUID', async () => {
  const node = await tinyNode()
  await node.put(path, '')
  const asked = damagedUuid(node.files, '/srv', () => Promise.reject(new CommandError('no answer')))
  await expect(asked).rejects.toThrow('no answer')
})
