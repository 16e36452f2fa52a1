import { describe, expect, test } from 'vitest'
import { changeBrokerUsers } from '../../../src/actions/services/change-broker-users.ts'
import { readAcl } from '../../../src/broker/access/acl.ts'
import { paths, units } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from './tiny-node.ts'

const source = { users: [{ name: 'new', hash: 'hash' }], acl: readAcl('user new\ntopic read x\n') }

async function nodeWithUsers(): Promise<TinyNode> {
  const node = await tinyNode()
  node.setUnit(units.broker, { active: 'active' })
  await node.put(paths.brokerPasswords, 'old:hash\n', 0o600)
  await node.put(paths.brokerAcl, 'user old\n', 0o600)
  return node
}

async function capture(node: TinyNode) {
  return changeBrokerUsers.capture({ source }, node, async path => {
    await node.files.write(`${path}.backup`, { copyOf: path }, { mode: 0o600, uid: 0, gid: 0 })
    return `${path}.backup`
  })
}

const texts = async ({ files }: TinyNode) => [
  await files.read(paths.brokerPasswords),
  (await files.read(paths.brokerAcl))?.replaceAll(/^#.*\n|^\n/gm, ''),
]

const before = ['old:hash\n', 'user old\n']
const after = ['new:hash\n', 'user new\ntopic read x\n']

describe('users and rules of the broker', () => {
  test('are written before one reload, and restored before another', async () => {
    const node = await nodeWithUsers()
    const kept = await capture(node)
    await changeBrokerUsers.apply({ source }, node)
    expect(await texts(node)).toEqual(after)
    expect(node.calls).toEqual(['signal mosquitto SIGHUP'])
    await changeBrokerUsers.revert({}, kept, node)
    expect(await texts(node)).toEqual(before)
    expect(node.calls).toEqual(['signal mosquitto SIGHUP', 'signal mosquitto SIGHUP'])
  })

  test('a killed change is reverted, and read again, although the broker may not have read it', async () => {
    const node = await nodeWithUsers()
    const kept = await capture(node)
    await node.put(paths.brokerAcl, 'user new\n', 0o600)
    await changeBrokerUsers.revert({}, kept, node)
    expect(await texts(node)).toEqual(before)
    expect(node.calls).toEqual(['signal mosquitto SIGHUP'])
  })

  test('a stopped broker gets no signal', async () => {
    const node = await nodeWithUsers()
    node.setUnit(units.broker, { active: 'failed' })
    const kept = await capture(node)
    await changeBrokerUsers.apply({ source }, node)
    await changeBrokerUsers.revert({}, kept, node)
    expect(await texts(node)).toEqual(before)
    expect(node.calls).toEqual([])
  })
})
