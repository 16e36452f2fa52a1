import { availableParallelism, loadavg } from 'node:os'
import type { Node } from '../node/node.ts'
import { brokerControlGroup, units } from '../node/paths.ts'
import type { Collector } from './collector.ts'

export interface BrokerProcessFacts {
  pid: number
  /** `S` sleeps, `R` runs, `D` waits for a device, `T` is stopped, `Z` is dead (proc_pid_stat(5)). */
  state: string
  /** The function of the kernel it sleeps in; empty when it cannot be seen. */
  kernelWait: string
  residentBytes: number
  /** Of `ctr`, which holds its log, and of the shim. */
  keepers: { program: string; state: string; residentBytes: number }[]
  cpuMs: number
  aliveMs: number
  /** How long this system has been up: the age of process 1. */
  systemAliveMs: number
  /** Programs that want a processor, for each processor there is; the mean of the last minute. */
  load: number
  uid: number
  noNewPrivileges: boolean
  /** 2: a filter of system calls. */
  seccomp: number
  /** Capabilities it has, and could get (capabilities(7)), as bits in hexadecimal. */
  capabilities: { effective: string; bounding: string }
  rootReadOnly: boolean
}

// Version 2 and version 1 of control groups.
const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'].map(root => `${root}${brokerControlGroup}`)
/** sysconf(_SC_CLK_TCK) of Linux, on all machines edgekit is for. */
const ticksPerSecond = 100

/** The process of the broker in its container; undefined when there is none. Nobody but the kernel is asked. */
export const brokerProcess: Collector<BrokerProcessFacts | undefined> = {
  name: 'brokerProcess',
  timeoutMs: 10_000,
  async collect(node) {
    const pid = await brokerPid(node)
    return pid === undefined ? undefined : await lookAt(pid, node)
  },
}

async function brokerPid({ files }: Node): Promise<number | undefined> {
  const members = await Promise.all(groups.map(group => files.read(`${group}/cgroup.procs`)))
  const [first] = members.flatMap(text => text?.split('\n').filter(Boolean) ?? [])
  return first === undefined ? undefined : Number(first)
}

async function lookAt(pid: number, node: Node): Promise<BrokerProcessFacts | undefined> {
  const read = (name: string) => node.files.read(`/proc/${pid}/${name}`).catch(() => undefined)
  const [status, stat, waitsIn, mounts, uptime, init] = await Promise.all([
    read('status'),
    read('stat'),
    read('wchan'),
    read('mountinfo'),
    node.files.read('/proc/uptime'),
    node.files.read('/proc/1/stat'),
  ])
  if (status === undefined || stat === undefined) return undefined
  const { mainPid } = await node.systemd.unit(units.broker)
  const keepers = await Promise.all(
    [mainPid, Number(field(status, 'PPid'))].filter(id => id > 1).map(id => keeper(id, node)),
  )
  const upMs = Number(uptime?.split(' ')[0] ?? 0) * 1000
  const { cpuMs, startedMs } = times(stat)
  return {
    pid,
    state: field(status, 'State').slice(0, 1),
    kernelWait: waitsIn ?? '',
    residentBytes: kilobytes(status),
    keepers: keepers.filter(found => found !== undefined),
    cpuMs,
    aliveMs: upMs - startedMs,
    load: (loadavg()[0] ?? 0) / availableParallelism(),
    systemAliveMs: upMs - times(init ?? '').startedMs,
    uid: Number(field(status, 'Uid').split('\t')[0]),
    noNewPrivileges: field(status, 'NoNewPrivs') === '1',
    seccomp: Number(field(status, 'Seccomp')),
    capabilities: { effective: field(status, 'CapEff'), bounding: field(status, 'CapBnd') },
    // ID, parent, device, root, mount point, options
    rootReadOnly: /^\d+ \d+ \S+ \S+ \/ ro[, ]/m.test(mounts ?? ''),
  }
}

/** Of /proc/PID/stat (proc_pid_stat(5)): time on a processor, and when it started, counted from the boot of the kernel. */
function times(stat: string): { cpuMs: number; startedMs: number } {
  // The name of the program, the second field, may hold blanks.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const milliseconds = (ticks = 0): number => (ticks * 1000) / ticksPerSecond
  return { cpuMs: milliseconds((fields[11] ?? 0) + (fields[12] ?? 0)), startedMs: milliseconds(fields[19]) }
}

async function keeper(
  pid: number,
  { files }: Node,
): Promise<BrokerProcessFacts['keepers'][number] | undefined> {
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
