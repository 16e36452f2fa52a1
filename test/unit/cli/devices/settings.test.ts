import { expect, test } from 'vitest'
import { requireDeviceIds, requireOwnService } from '../../../../src/cli/devices/settings.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const http = { address: '127.0.0.1', port: 7883, tokenFile: '/var/lib/edgekit/devices/token' }
const own = process.geteuid?.() ?? 0
const stranger = 54_321

async function nodeWhere(users: number[]) {
  const node = await tinyNode()
  await node.put(http.tokenFile, 'secret', 0o600)
  node.network = { ...node.network, listeningUsers: async port => (port === http.port ? users : [stranger]) }
  return node
}

test.each([
  ['the service of root listens', [0]],
  ['the service of this user listens', [own]],
  ['nobody listens', []],
])('the token goes to the port when %s', async (_, users) => {
  await expect(requireOwnService(http, await nodeWhere(users))).resolves.toBeUndefined()
})

test.each([
  ['alone', [stranger]],
  ['on another address beside the service', [own, stranger]],
])('another user who listens %s does not get the token', async (_, users) => {
  await expect(requireOwnService(http, await nodeWhere(users))).rejects.toMatchObject({
    code: 'devices-not-running',
    message: `cannot use the device service at 127.0.0.1:7883: the program that listens there is of user ${stranger}`,
    remedy: "Stop that program, then start the service:\n  ss -ltnp 'sport = :7883'\n  edgekit devices serve",
  })
})

test.each(['.', '..', '', 'a/b', 'a b', '\u001b[31m', 'x'.repeat(129)])('%j is no device id', id => {
  expect(() => requireDeviceIds([id])).toThrow('invalid device id')
})
