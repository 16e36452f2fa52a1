import { expect, test } from 'vitest'
import { requireFreePorts } from '../../../src/actions/services/require-free-ports.ts'
import { paths } from '../../../src/node/paths.ts'
import { tinyNode } from './tiny-node.ts'

const perl = { pid: 312, program: 'perl', executable: '/usr/bin/perl', controlGroup: '/user.slice' }
const ofBroker = { ...perl, program: 'mosquitto', controlGroup: '/k8s.io/mosquitto' }

async function nodeWith(
  listener: string,
  held: { address: string; port: number; owner: typeof perl | undefined },
) {
  const node = await tinyNode()
  await node.put(paths.brokerConfig, `listener 1883 127.0.0.1\n${listener}\n`)
  node.network = { ...node.network, listeners: async () => [held] }
  return node
}

test.each([
  ['the same address', 'listener 8883 198.51.100.10', '198.51.100.10'],
  ['all addresses', 'listener 8883 198.51.100.10', '0.0.0.0'],
  ['an address, and the broker wants all', 'listener 8883', '198.51.100.7'],
])('a port that a program has on %s is refused', async (_, listener, address) => {
  const node = await nodeWith(listener, { address, port: 8883, owner: perl })
  await expect(requireFreePorts(node)).rejects.toMatchObject({
    message: `cannot listen on ${address}:8883: it is in use by perl (pid 312)`,
    remedy: expect.stringContaining('\n  systemctl status 312 --no-pager'),
  })
})

test.each([
  ['another address', { address: '198.51.100.7', port: 8883, owner: perl }],
  ['another port', { address: '198.51.100.10', port: 8884, owner: perl }],
  ['the broker itself', { address: '198.51.100.10', port: 8883, owner: ofBroker }],
])('a port is free of %s', async (_, held) => {
  const node = await nodeWith('listener 8883 198.51.100.10', held)
  await expect(requireFreePorts(node)).resolves.toBeUndefined()
})
