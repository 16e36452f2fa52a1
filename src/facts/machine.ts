import { slowness } from '../lib/slowness.ts'
import type { Machine } from '../node/machine.ts'
import type { Collector } from './collector.ts'
import { memoizePerNode } from './memoized-node.ts'

export interface MachineFacts extends Machine {
  systemdIsInit: boolean
  /** Files that `ctr run --net-host` bind-mounts; without them the container does not start. */
  networkFiles: Record<'/etc/hosts' | '/etc/resolv.conf', boolean>
  /** How many times longer this machine takes than a small board: times in checks grow in proportion. */
  slowness: number
}

export const machineOf = memoizePerNode(node => node.machine())

export const machine: Collector<MachineFacts> = {
  timeoutMs: 10_000,
  unchangedByInstall: true,
  async collect(node) {
    const readable = async (path: string) => (await node.files.read(path)) !== undefined
    const [found, systemdIsInit, hosts, resolv] = await Promise.all([
      machineOf(node),
      node.systemd.isInit(),
      readable('/etc/hosts'),
      readable('/etc/resolv.conf'),
    ])
    const networkFiles = { '/etc/hosts': hosts, '/etc/resolv.conf': resolv }
    return { ...found, systemdIsInit, networkFiles, slowness: slowness() }
  },
}
