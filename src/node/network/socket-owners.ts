import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface SocketOwner {
  pid: number
  program: string
  /** The control group it runs in, which names the systemd unit or the container. */
  controlGroup: string
  /** The file it was started from; empty when it cannot be read. */
  executable: string
}

/** A process may end, or belong to another user, while it is looked at. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}

function describe(pid: string): SocketOwner {
  const read = (name: string): string => attempt(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'), '')
  const group = read('cgroup')
    .split('\n')
    .find(line => /^(0::|\d+:name=systemd:)/.test(line))
  return {
    pid: Number(pid),
    program: read('comm').trim() || '?',
    controlGroup: (group ?? '').split(':').slice(2).join(':'),
    executable: attempt(() => readlinkSync(`/proc/${pid}/exe`), '').replace(/ \(deleted\)$/, ''),
  }
}

const socketIn = (pid: string, descriptor: string): string | undefined =>
  /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), ''))?.[1]

/**
 * Which process has each of these sockets open, by inode (proc_pid_fd(5)); those of others are missing without root.
 * One pass over the descriptors of all processes, without await: a node has thousands of them, and a promise for each
 * costs ten times what the kernel takes to answer.
 */
export function socketOwners(inodes: ReadonlySet<string>): Map<string, SocketOwner> {
  const owners = new Map<string, SocketOwner>()
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (owners.size === inodes.size) break
    for (const descriptor of attempt(() => readdirSync(`/proc/${pid}/fd`), [])) {
      const inode = socketIn(pid, descriptor)
      if (inode !== undefined && inodes.has(inode) && !owners.has(inode)) owners.set(inode, describe(pid))
    }
  }
  return owners
}
