import { availableParallelism, loadavg } from 'node:os'
import { slowness } from '../lib/slowness.ts'
import type { Node } from '../node/node.ts'
import { brokerControlGroup, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface BrokerProcessFacts {
  pid: number
  /** `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped, `Z` zombie (proc_pid_stat(5)). */
  state: string
  /** The kernel function in which it sleeps (/proc/PID/wchan); empty without permission. */
  kernelWait: string
  residentBytes: number
  /** `ctr`, which reads the broker's log, and the containerd shim. */
  logReaders: { program: string; state: string; residentBytes: number }[]
  cpuMs: number
  ageMs: number
  /** Age of process 1: in a container the kernel's uptime is that of the host. */
  uptimeMs: number
  /** Load average of the last minute, per processor. */
  load: number
  /** How many times longer this machine takes than a small board. */
  slowness: number
  uid: number
  noNewPrivileges: boolean
  /** 2: a seccomp filter is active (proc_pid_status(5)). */
  seccomp: number
  /** Capability bit masks (capabilities(7)) in hexadecimal. */
  capabilities: { effective: string; bounding: string }
  rootReadOnly: boolean
}

// Control groups version 2 and version 1.
const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'].map(root => `${root}${brokerControlGroup}`)
/** sysconf(_SC_CLK_TCK), the same on all architectures that edgekit supports. */
const ticksPerSecond = 100

/** The broker's process in its container, read from /proc alone; undefined when it does not run. */
export const brokerProcess: Collector<BrokerProcessFacts | undefined> = {
  timeoutMs: 10_000,
  async collect(node) {
    const pid = await brokerPid(node)
    return pid === undefined ? undefined : await inspect(pid, node)
  },
}

async function brokerPid({ files }: Node): Promise<number | undefined> {
  const members = await Promise.all(groups.map(group => files.read(`${group}/cgroup.procs`)))
  const [first] = members.flatMap(text => text?.split('\n').filter(Boolean) ?? [])
  return first === undefined ? undefined : Number(first)
}

async function inspect(pid: number, node: Node): Promise<BrokerProcessFacts | undefined> {
  const read = (name: string) => node.files.read(`/proc/${pid}/${name}`).catch(() => undefined)
  const [status, stat, wchan, mounts, uptime, init] = await Promise.all([
    read('status'),
    read('stat'),
    read('wchan'),
    read('mountinfo'),
    node.files.read('/proc/uptime'),
    node.files.read('/proc/1/stat'),
  ])
  if (status === undefined || stat === undefined) return undefined
  const { mainPid } = await node.systemd.unit(units.broker)
  const readers = await Promise.all(
    [mainPid, Number(field(status, 'PPid'))].filter(id => id > 1).map(id => processOf(id, node)),
  )
  const upMs = Number(uptime?.split(' ')[0] ?? 0) * 1000
  const { cpuMs, startedMs } = times(stat)
  return {
    pid,
    state: field(status, 'State').slice(0, 1),
    kernelWait: wchan ?? '',
    residentBytes: kilobytes(status),
    logReaders: readers.filter(found => found !== undefined),
    cpuMs,
    ageMs: upMs - startedMs,
    load: (loadavg()[0] ?? 0) / availableParallelism(),
    slowness: slowness(),
    uptimeMs: upMs - times(init ?? '').startedMs,
    uid: Number(field(status, 'Uid').split('\t')[0]),
    noNewPrivileges: field(status, 'NoNewPrivs') === '1',
    seccomp: Number(field(status, 'Seccomp')),
    capabilities: { effective: field(status, 'CapEff'), bounding: field(status, 'CapBnd') },
    // Fields of mountinfo: id, parent, device, root, mount point, options.
    rootReadOnly: /^\d+ \d+ \S+ \S+ \/ ro[, ]/m.test(mounts ?? ''),
  }
}

/** CPU time, and the start time since the kernel booted, from /proc/PID/stat (proc_pid_stat(5)). */
function times(stat: string): { cpuMs: number; startedMs: number } {
  // The second field, the name of the program, may contain spaces.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const milliseconds = (ticks = 0): number => (ticks * 1000) / ticksPerSecond
  return { cpuMs: milliseconds((fields[11] ?? 0) + (fields[12] ?? 0)), startedMs: milliseconds(fields[19]) }
}

async function processOf(
  pid: number,
  { files }: Node,
): Promise<BrokerProcessFacts['logReaders'][number] | undefined> {
  const status = await files.read(`/proc/${pid}/status`)
  if (status === undefined) return undefined
  return {
    program: field(status, 'Name'),
    state: field(status, 'State').slice(0, 1),
    residentBytes: kilobytes(status),
  }
}

const field = (status: string, name: string): string =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1]?.trim() ?? ''
const kilobytes = (status: string): number => Number(field(status, 'VmRSS').replace(/ kB$/, '')) * 1024
