import { expect, test } from 'vitest'
import { requireCapacity } from '../../../../src/broker-bench/run/require-capacity.ts'
import { localNode } from '../../../../src/node/node.ts'

/** A machine with these limits, on which `used` connections to port 1883 are open. */
const machine = (files: string, ports: string, used = 0) => ({
  files: {
    ...localNode().files,
    read: async (path: string) => (path === '/proc/self/limits' ? files : ports),
  },
  network: {
    connections: async () =>
      Array.from({ length: used + 3 }, (_, index) => ({
        localPort: 40_000 + index,
        remotePort: index < used ? 1883 : 443,
        uid: 0,
      })),
  },
})

const limits = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${hard.padEnd(21)}${hard.padEnd(21)}files\n`

const load = (connections: number) => ({
  publishers: connections - 1,
  subscribers: 1,
  shared: false,
  qos: 0 as const,
  size: 100,
})

test.each([
  ['1124', '32768\t60999\n', 0, 1024],
  ['unlimited', '32768\t60999\n', 0, 28_232],
  ['1048576', '50000 50009', 4, 6],
])('limit %s, ports %s: exactly as many as fit', async (hard, ports, used, most) => {
  const limited = machine(limits(hard), ports, used)
  await expect(requireCapacity(load(most), 1883, limited)).resolves.toBeUndefined()
  await expect(requireCapacity(load(most + 1), 1883, limited)).rejects.toThrow(
    `cannot open ${most + 1} connections: the `,
  )
})

test('the errors name what to change', async () => {
  await expect(requireCapacity(load(2000), 1883, machine(limits('1024'), ''))).rejects.toMatchObject({
    code: 'too-many-open-files',
    exitCode: 3,
    message: 'cannot open 2000 connections: the limit for open files allows 924',
    remedy: 'Raise the limit:\n  ulimit -Hn 2100',
  })
  await expect(requireCapacity(load(2000), 1883, machine(limits('unlimited'), '1 10'))).rejects.toMatchObject(
    {
      code: 'too-few-ports',
      exitCode: 3,
      message: 'cannot open 2000 connections: the port range of this machine has 10 free ports',
    },
  )
})
