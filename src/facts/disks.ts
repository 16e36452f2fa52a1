import type { FileSystem } from '../node/storage.ts'
import type { Collector } from './collector.ts'

/** Directories whose file systems an edge node needs. */
const directories = {
  root: '/',
  configuration: '/etc',
  programs: '/usr/local/bin',
  edgekitPrograms: '/opt/edgekit/bin',
  cniPlugins: '/opt/cni/bin',
  containerd: '/var/lib/containerd',
  edgekit: '/var/lib/edgekit',
  kubelet: '/var/lib/kubelet',
  edgecoreConfiguration: '/etc/kubeedge',
  edgecore: '/var/lib/kubeedge',
  units: '/etc/systemd/system',
  logs: '/var/log',
} as const

export type DiskFacts = Record<keyof typeof directories, FileSystem>

export const disks: Collector<DiskFacts> = {
  timeoutMs: 10_000,
  unchangedByInstall: true,
  async collect(node) {
    const entries = await Promise.all(
      Object.entries(directories).map(async ([name, path]) => [name, await node.storage.fileSystem(path)]),
    )
    return Object.fromEntries(entries) as DiskFacts
  },
}
