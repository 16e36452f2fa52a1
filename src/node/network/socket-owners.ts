import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface SocketOwner {
  pid: number
  program: string
  /** Its control group, which contains the name of the systemd unit or of the container. */
  controlGroup: string
  /** The path of its program; empty when it cannot be read. */
  executable: string
}

/** A process may end at any time, or belong to another user. */
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
    // A program can give itself a name with line feeds.
    program: read('comm').trim().replaceAll('\n', ' ') || '?',
    controlGroup: (group ?? '').split(':').slice(2).join(':'),
    executable: attempt(() => readlinkSync(`/proc/${pid}/exe`), '').replace(/ \(deleted\)$/, ''),
  }
}

const socketIn = (pid: string, descriptor: string): string | undefined =>
  /^socket:\[(\d+)\]$/.exec(attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), ''))?.[1]

/**
 * The process that has each of these sockets open, by inode (proc_pid_fd(5)). Without root, processes of other users are
 * missing. Synchronous: a node has thousands of descriptors, and a promise for each costs ten times the system call.
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
