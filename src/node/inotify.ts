import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import type { Files } from './files.ts'

interface Usage {
  used: number
  limit: number
}

/** The kernel's limits for each user (inotify(7)), and how much of them root uses. */
export interface Inotify {
  instances: Usage
  watches: Usage
}

const directory = '/proc/sys/fs/inotify'

/** A process may end at any time. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}

const isRoot = (pid: string): boolean => attempt(() => statSync(`/proc/${pid}`).uid === 0, false)

/** The number of watches of each inotify instance that a process has open (proc_pid_fdinfo(5)). */
const watchesOf = (pid: string): number[] =>
  attempt(() => readdirSync(`/proc/${pid}/fd`), [])
    .filter(fd => attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '') === 'anon_inode:inotify')
    .map(fd => {
      const info = attempt(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'), '')
      return info.match(/^inotify wd:/gm)?.length ?? 0
    })

/**
 * Undefined when the kernel has no inotify. An instance that processes share counts once for each. Synchronous, as in
 * socket-owners.ts.
 */
export async function inotifyOf(files: Files): Promise<Inotify | undefined> {
  const [instances, watches] = await Promise.all(
    ['max_user_instances', 'max_user_watches'].map(name => files.read(`${directory}/${name}`)),
  )
  if (instances === undefined || watches === undefined) return undefined
  const used = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => ({ pid, counts: watchesOf(pid) }))
    .flatMap(({ pid, counts }) => (counts.length > 0 && isRoot(pid) ? counts : []))
  return {
    instances: { used: used.length, limit: Number(instances) },
    watches: { used: used.reduce((sum, count) => sum + count, 0), limit: Number(watches) },
  }
}
