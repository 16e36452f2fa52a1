import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** One mounted cgroup tree of the host: its mount options name the controllers (version 1), or none (version 2). */
interface Hierarchy {
  readonly names: readonly string[]
  readonly mountPoint: string
}

const lab = 'edgekit-lab'
const inLab = (hierarchy: Hierarchy, name: string): string => join(hierarchy.mountPoint, lab, name)

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

async function hierarchies(): Promise<Hierarchy[]> {
  const seen = new Set<string>()
  return (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').flatMap(line => {
    const [mount = '', source = ''] = line.split(' - ')
    const [, , device = '', root, mountPoint = ''] = mount.split(' ')
    const [type = '', , options = ''] = source.split(' ')
    if (!type.startsWith('cgroup') || root !== '/' || seen.has(device)) return []
    seen.add(device)
    return [{ names: type === 'cgroup2' ? [] : options.split(','), mountPoint }]
  })
}

/** Version 2 alone, as on current distributions; otherwise controllers are in version 1, as on older ones. */
export const isUnified = (): boolean => existsSync('/sys/fs/cgroup/cgroup.controllers')

/**
 * A subtree for the node in every hierarchy of the host; the files to write a process id into to move it there.
 * Without a subtree of their own nodes would share `/payload` and `/k8s.io/…` and one would kill the other's
 * processes.
 */
export async function createCgroups(name: string): Promise<string[]> {
  const all = await hierarchies()
  for (const hierarchy of all) {
    const path = inLab(hierarchy, name)
    await mkdir(path, { recursive: true })
    if (hierarchy.names.includes('cpuset')) {
      await inheritCpuset(dirname(path))
      await inheritCpuset(path)
    }
    if (hierarchy.names.length === 0) await enableControllers(hierarchy)
  }
  return all.map(hierarchy => join(inLab(hierarchy, name), 'cgroup.procs'))
}

/** A new version 1 cpuset is empty and refuses processes. */
async function inheritCpuset(directory: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(directory, file), await readFile(join(dirname(directory), file), 'utf8'))
  }
}

/** A version 2 cgroup has only the controllers that its parent passes on. */
async function enableControllers(hierarchy: Hierarchy): Promise<void> {
  for (const directory of [hierarchy.mountPoint, join(hierarchy.mountPoint, lab)]) {
    const available = (await read(join(directory, 'cgroup.controllers'))).trim().split(' ').filter(Boolean)
    for (const controller of available) {
      // Some cannot be delegated while real-time processes exist; the node does without these.
      await writeFile(join(directory, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined)
    }
  }
}

/** The command, started in these cgroups instead of moved there later, so that no child of it can slip through. */
export function startedIn(procsFiles: readonly string[], command: readonly string[]): [string, string[]] {
  // When the node's systemd is reloaded it may just then take away what is empty.
  const enter = '{ echo $$ >"$1"; } 2>/dev/null || { mkdir -p "${1%/*}" && echo $$ >"$1"; } || exit'
  const join = `while [ "$1" != -- ]; do ${enter}; shift; done; shift; exec "$@"`
  return ['sh', ['-c', join, 'sh', ...procsFiles, '--', ...command]]
}

/**
 * Beside the node's own services, a group for what is run in the node from outside, as a login session would have;
 * the files to write a process id into.
 */
export async function createSession(leader: number): Promise<string[]> {
  const all = await hierarchies()
  const sessions: string[] = []
  for (const line of (await readFile(`/proc/${leader}/cgroup`, 'utf8')).trim().split('\n')) {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const wanted = names.split(',').filter(Boolean)
    const hierarchy = all.find(({ names: has }) =>
      wanted.length === 0 ? has.length === 0 : wanted.every(controller => has.includes(controller)),
    )
    if (!hierarchy) continue
    const session = join(hierarchy.mountPoint, path.replace(/\/init\.scope$/, ''), 'lab.session')
    await mkdir(session, { recursive: true })
    if (wanted.includes('cpuset')) await inheritCpuset(session)
    sessions.push(join(session, 'cgroup.procs'))
  }
  return sessions
}

/** All cgroups of the node, innermost first. */
async function cgroupsOf(name: string): Promise<string[]> {
  const found: string[] = []
  for (const hierarchy of await hierarchies()) {
    const top = inLab(hierarchy, name)
    if (!existsSync(top)) continue
    const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch(() => [])
    const below = entries
      .filter(entry => entry.isDirectory())
      .map(entry => join(entry.parentPath, entry.name))
    found.push(...below.sort((a, b) => b.length - a.length), top)
  }
  return found
}

/** The processes of the node, as the host numbers them, the process that holds it up included. */
export async function processesOf(name: string): Promise<number[]> {
  const lists = await Promise.all((await cgroupsOf(name)).map(path => read(join(path, 'cgroup.procs'))))
  return [...new Set(lists.flatMap(list => list.split('\n').filter(Boolean).map(Number)))].filter(
    pid => pid > 1,
  )
}

/** The node's own process 1, as the host numbers it; undefined when the node is off. */
export async function leaderOf(name: string): Promise<number | undefined> {
  const leaders = await Promise.all(
    (await processesOf(name)).map(async pid => {
      const numbers = /^NSpid:\s*(.*)$/m.exec(await read(`/proc/${pid}/status`))?.[1]?.split('\t')
      return numbers?.length === 2 && numbers[1] === '1' ? pid : undefined
    }),
  )
  return leaders.find(pid => pid !== undefined)
}

/** Kill every process of the node at once, frozen ones too, and wait until the last is gone. */
export async function killAll(name: string, timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const processes = await processesOf(name)
    if (processes.length === 0) return
    if (Date.now() > deadline)
      throw new Error(`node ${name}: processes survive SIGKILL: ${processes.join(', ')}`)
    for (const pid of processes) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
      }
    }
    for (const path of await cgroupsOf(name)) {
      const freezer = join(path, 'freezer.state')
      if (existsSync(freezer)) await writeFile(freezer, 'THAWED').catch(() => undefined)
    }
    await sleep(10)
  }
}

/** Remove the node's empty cgroups; the kernel may need a moment to let go of the last process. */
export async function removeCgroups(name: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    for (const path of await cgroupsOf(name)) await rmdir(path).catch(() => undefined)
    const left = await cgroupsOf(name)
    if (left.length === 0) break
    if (Date.now() > deadline) throw new Error(`node ${name}: cgroups cannot be removed: ${left.join(', ')}`)
    await sleep(20)
  }
  for (const hierarchy of await hierarchies())
    await rmdir(join(hierarchy.mountPoint, lab)).catch(() => undefined)
}
