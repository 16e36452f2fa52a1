import { availableParallelism, loadavg } from 'node:os'
import type { Node } from '../node/node.ts'
import { brokerControlGroup, units } from '../node/paths.ts'
import { processTimes, residentBytes, statusField } from '../node/processes/process-files.ts'
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
    [mainPid, Number(statusField(status, 'PPid'))].filter(id => id > 1).map(id => processOf(id, node)),
  )
  const upMs = Number(uptime?.split(' ')[0] ?? 0) * 1000
  const { cpuMs, startedMs } = processTimes(stat)
  return {
    pid,
    state: statusField(status, 'State').slice(0, 1),
    kernelWait: wchan ?? '',
    residentBytes: residentBytes(status),
    logReaders: readers.filter(found => found !== undefined),
    cpuMs,
    ageMs: upMs - startedMs,
    load: (loadavg()[0] ?? 0) / availableParallelism(),
    uptimeMs: upMs - processTimes(init ?? '').startedMs,
    uid: Number(statusField(status, 'Uid').split('\t')[0]),
    noNewPrivileges: statusField(status, 'NoNewPrivs') === '1',
    seccomp: Number(statusField(status, 'Seccomp')),
    capabilities: { effective: statusField(status, 'CapEff'), bounding: statusField(status, 'CapBnd') },
    // Fields of mountinfo: id, parent, device, root, mount point, options.
    rootReadOnly: /^\d+ \d+ \S+ \S+ \/ ro[, ]/m.test(mounts ?? ''),
  }
}

async function processOf(
  pid: number,
  { files }: Node,
): Promise<BrokerProcessFacts['logReaders'][number] | undefined> {
  const status = await files.read(`/proc/${pid}/status`)
  if (status === undefined) return undefined
  return {
    program: statusField(status, 'Name'),
    state: statusField(status, 'State').slice(0, 1),
    residentBytes: residentBytes(status),
  }
}
