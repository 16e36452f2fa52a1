import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import {
  localNetwork,
  parseConnections,
  parseDefaultRoutes,
  parseListeners,
  parseListeningUsers,
} from '../../../../src/node/network/network.ts'
import { localNode } from '../../../../src/node/node.ts'

// Taken from /proc/net/tcp and tcp6 of Linux on a little-endian machine.
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 00000000:0001 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 560200 1 00000000f8f4497d 100 0 0 10 0                    
   1: 0100007F:075B 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 560201 2 0000000079ab8ff4 100 0 0 10 0                    
   2: 0100007F:AE0A 0100007F:075B 01 00000000:00000000 00:00000000 00000000     0        0 560206 2 00000000a2c63534 20 0 0 10 -1                    
   3: 0100007F:075B 0100007F:AE0A 01 00000000:00000000 00:00000000 00000000     0        0 0 1 00000000bec43343 20 0 0 10 -1                         
`
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:075B 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 560203 1 000000007149b7e7 100 0 0 10 0
   1: B80D0120000000000000000034120000:075C 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 560205 1 0000000068a83fa3 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:22B3 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 560204 1 00000000279058b9 100 0 0 10 0
   3: 00000000000000000000000000000000:0002 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 560202 1 000000007fe032d0 100 0 0 10 0
`

test.each([
  [
    'tcp, without the connections',
    tcp,
    [
      { address: '0.0.0.0', port: 1, inode: '560200' },
      { address: '127.0.0.1', port: 1883, inode: '560201' },
    ],
  ],
  [
    'tcp6, an IPv4 address as such',
    tcp6,
    [
      { address: '::1', port: 1883, inode: '560203' },
      { address: '2001:db8::1234', port: 1884, inode: '560205' },
      { address: '127.0.0.1', port: 8883, inode: '560204' },
      { address: '::', port: 2, inode: '560202' },
    ],
  ],
  ['no sockets', tcp.split('\n')[0] ?? '', []],
  ['no table because IPv6 is off', '', []],
])('parses listening sockets: %s', (_, table, listeners) => {
  expect(parseListeners(table)).toEqual(listeners)
})

test.each(['127.0.0.1', '0.0.0.0', '::1', '::'])(
  'a socket that this process opens on %s is found, with its owner',
  async host => {
    const server = createServer().listen({ host, port: 0, ipv6Only: true })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { network, files } = localNode()
    const comm = await files.read(`/proc/${process.pid}/comm`)
    const listeners = (await network.listeners()).filter(listener => listener.port === port)
    expect(listeners).toEqual([
      {
        address: host,
        port,
        owner: {
          pid: process.pid,
          program: comm?.trim(),
          controlGroup: expect.any(String),
          executable: process.execPath,
        },
      },
    ])
    const groups = (await files.read('/proc/self/cgroup'))
      ?.split('\n')
      .map(line => line.split(':').slice(2).join(':'))
    expect(groups).toContain(listeners[0]?.owner?.controlGroup)
  },
)

// No socket has a number like that.
const unheld = tcp.replaceAll(' 5602', ' 995602')

test.each([
  ['whose program has ended is not reported', ['', ''], []],
  [
    'whose program cannot be found has no owner',
    [unheld, ''],
    [
      { address: '0.0.0.0', port: 1, owner: undefined },
      { address: '127.0.0.1', port: 1883, owner: undefined },
    ],
  ],
])('a socket %s', async (_, then, expected) => {
  const { files } = localNode()
  const tables = [unheld, '', ...then]
  const network = localNetwork({ ...files, read: async () => tables.shift() })
  const listeners = await network.listeners()
  expect(listeners).toEqual(expected)
})

test('throws for a port without a listener', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  server.close()
  await once(server, 'close')
  const ports = (await localNode().network.listeners()).map(listener => listener.port)
  expect(ports).not.toContain(port)
})

const routes = (...rows: string[]): string => ['Iface\tDestination\tGateway', ...rows, ''].join('\n')
const viaEth0 = 'eth0\t00000000\t016433C6\t0003\t0\t0\t0\t00000000\t0\t0\t0'
const local = 'eth1\t006433C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0'
const zero = '0'.repeat(32)
const ipv6 = (flags: string, name: string): string =>
  `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 ${flags} ${name}`

test.each([
  ['none', routes(local), '', []],
  ['one', routes(viaEth0, local), '', ['eth0']],
  ['one for IPv6', routes(local), ipv6('00450003', ' wwan0'), ['wwan0']],
  ['one of each through the same interface', routes(viaEth0), ipv6('00450003', ' eth0'), ['eth0']],
  ['the unreachable one of Linux itself', routes(), ipv6('00200200', '    lo'), []],
  ['no tables', '', '', []],
])('parses default routes: %s', (_, four, six, expected) => {
  expect(parseDefaultRoutes(four, six)).toEqual(expected)
})

test('connections are the established sockets, with the user of this end', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1883        0 11 1 0 100 0 0 10 0
   1: 0100007F:075B 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1883        0 12 1 0 20 4 30 10 -1
   2: 0100007F:D431 0100007F:075B 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0 20 4 30 10 -1
   3: 0100007F:D432 0100007F:075B 06 00000000:00000000 00:00000000 00000000     0        0 14 1 0 20 4 30 10 -1`
  expect(parseConnections(table)).toEqual([
    { localPort: 1883, remotePort: 54321, uid: 1883 },
    { localPort: 54321, remotePort: 1883, uid: 1000 },
  ])
})

test('listening users are those of the listening sockets of one port', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1ECB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
   1: 0200007F:1ECB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
   2: 0100007F:1ECB 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1001        0 13 1 0 20 4 30 10 -1
   3: 0100007F:1ECC 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1002        0 14 1 0 100 0 0 10 0`
  expect(parseListeningUsers(table, 7883)).toEqual([1000, 0])
  expect(parseListeningUsers(table, 1)).toEqual([])
})
