import { expect, test } from 'vitest'
import { localBroker } from '../../../src/facts/broker-probe.ts'
import { requireOwnBroker } from '../../../src/facts/own-broker.ts'
import type { Listener } from '../../../src/node/network/network.ts'
import type { Node } from '../../../src/node/node.ts'
import { paths } from '../../../src/node/paths.ts'
import { tinyNode } from '../actions/tiny-node.ts'

const owner = {
  pid: 312,
  program: 'perl',
  executable: '/home/mallory/perl',
  controlGroup: '/system.slice/cron.service',
}
const own = { ...owner, program: 'mosquitto', controlGroup: '/k8s.io/mosquitto' }
const prepared = 'ExecStartPre=-/opt/edgekit/bin/prepare-broker IMAGE DIGEST ARCHIVE\n'

async function nodeWith(held: Partial<Listener> | undefined, unit = prepared) {
  const node = await tinyNode()
  await node.put(paths.brokerUnit, unit)
  const listener = { address: '127.0.0.1', port: 1883, owner, ...held }
  node.network = { ...node.network, listeners: async () => (held ? [listener] : []) }
  const machine = { hostName: 'edge-1' } as Awaited<ReturnType<Node['machine']>>
  node.machine = async () => machine
  return node
}

test.each([
  ['on the address of the broker', {}],
  ['on all addresses', { address: '0.0.0.0' }],
  ['on all addresses of IPv6', { address: '::' }],
])('a program that listens %s in place of the broker gets no password', async (_, held) => {
  const node = await nodeWith(held)
  const refusal = {
    code: 'broker-unreachable',
    message: expect.stringMatching(
      /^cannot log in at the broker: \S+:1883 is held by perl \(pid 312, cron\.service\)$/,
    ),
    remedy: expect.stringContaining('\n  systemctl disable --now cron.service\n'),
  }
  await expect(requireOwnBroker(node)).rejects.toMatchObject(refusal)
  // As every command that logs in, and the doctor, find the broker.
  await node.put(paths.brokerLogin, 'secret\n', 0o600)
  await expect(localBroker(node)).rejects.toMatchObject(refusal)
  await node.files.remove(paths.brokerLogin)
  expect((await localBroker(node)).endpoint.login).toBeUndefined()
})

test.each([
  ['nobody listens', undefined, prepared],
  ["edgekit's broker listens", { owner: own }, prepared],
  ['a program listens on another address', { address: '192.0.2.7' }, prepared],
  ['a program listens on another port', { port: 1884 }, prepared],
  ['it cannot be seen whose it is', { owner: undefined }, prepared],
  ['the broker is not that of edgekit', {}, 'ExecStart=/usr/sbin/mosquitto\n'],
])('there is no objection when %s', async (_, held, unit) => {
  const node = await nodeWith(held, unit)
  await expect(requireOwnBroker(node)).resolves.toBeUndefined()
  await node.put(paths.brokerLogin, 'secret\n', 0o600)
  expect((await localBroker(node)).endpoint.login?.password).toBe('secret')
})
