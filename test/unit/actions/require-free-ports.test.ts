import { expect, test } from 'vitest'
import { requireFreePorts } from '../../../src/actions/services/require-free-ports.ts'
import { paths } from '../../../src/node/paths.ts'
import { tinyNode } from './tiny-node.ts'

const perl = { pid: 312, program: 'perl', executable: '/usr/bin/perl', controlGroup: '/user.slice' }
const ofBroker = { ...perl, program: 'mosquitto', controlGroup: '/k8s.io/mosquitto' }
const id = '0123456789abcdef'.repeat(4)

async function nodeWith(
  listener: string,
  held: { address: string; port: number; owner: typeof perl | undefined },
) {
  const node = await tinyNode()
  await node.put(paths.brokerConfig, `listener 1883 127.0.0.1\n${listener}\n`)
  node.network = { ...node.network, listeners: async () => [held] }
  node.processes.run = async () => ({ exitCode: 0, stdout: 'perl-base: /usr/bin/perl\n', stderr: '' })
  return node
}

test.each([
  ['the same address', 'listener 8883 198.51.100.10', '198.51.100.10'],
  ['all addresses', 'listener 8883 198.51.100.10', '0.0.0.0'],
  ['an address, and the broker wants all', 'listener 8883', '198.51.100.7'],
])('a port that a program has on %s is refused', async (_, listener, address) => {
  const node = await nodeWith(listener, { address, port: 8883, owner: perl })
  await expect(requireFreePorts(node)).rejects.toMatchObject({
    message: `cannot open a port of the broker: ${address}:8883 is held by perl (pid 312, /user.slice, package perl-base)`,
    remedy:
      'Stop the program, and what starts it.\n  kill 312\n  systemctl status 312 --no-pager\nThen run the command again.',
  })
})

// As broker-port names them: test/unit/checks/broker.test.ts has a row for each.
test.each([
  ['a program that only root sees', undefined, 'a process visible only to root', 'disable its unit.\nThen'],
  [
    'a unit',
    { ...perl, controlGroup: '/system.slice/own.service' },
    'perl (pid 312, own.service, package perl-base)',
    '\n  systemctl disable --now own.service\n',
  ],
  [
    'a pod',
    { ...perl, controlGroup: `/kubepods/besteffort/pod1/${id}` },
    'perl (pid 312, pod plant/mqtt-0)',
    '\n  kubectl -n plant describe pod mqtt-0 | ',
  ],
  [
    'a Docker container',
    { ...perl, controlGroup: `/docker/${id}` },
    'perl (pid 312, Docker container 0123456789ab, package perl-base)',
    '\n  docker rm -f 0123456789ab\n',
  ],
])('%s that has the port is described as the doctor does', async (_, owner, holder, remedy) => {
  const node = await nodeWith('listener 8883 198.51.100.10', { address: '0.0.0.0', port: 8883, owner })
  node.containers = [
    {
      id,
      image: '',
      labels: { 'io.kubernetes.pod.namespace': 'plant', 'io.kubernetes.pod.name': 'mqtt-0' },
      snapshot: '',
    },
  ]
  await expect(requireFreePorts(node)).rejects.toMatchObject({
    message: `cannot open a port of the broker: 0.0.0.0:8883 is held by ${holder}`,
    remedy: expect.stringContaining(remedy),
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
