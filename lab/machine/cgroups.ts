import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A cgroup hierarchy mounted on the host. Mount options name its controllers in version 1; version 2 has none there. */
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

/** Does the host use version 2 only, as current distributions do? Otherwise the controllers are in version 1. */
export const isUnified = (): boolean => existsSync('/sys/fs/cgroup/cgroup.controllers')

/**
 * Create a cgroup for the node in every hierarchy of the host. Returns the files that move a process there when its id
 * is written to them. Without their own subtrees, nodes would share `/payload` and `/k8s.io/…` and kill each other's
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

/** A new cpuset cgroup (version 1) is empty and rejects processes. */
async function inheritCpuset(directory: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(directory, file), await readFile(join(dirname(directory), file), 'utf8'))
  }
}

/** A version 2 cgroup has only the controllers that its parent delegates. */
async function enableControllers(hierarchy: Hierarchy): Promise<void> {
  for (const directory of [hierarchy.mountPoint, join(hierarchy.mountPoint, lab)]) {
    const available = (await read(join(directory, 'cgroup.controllers'))).trim().split(' ').filter(Boolean)
    for (const controller of available) {
      // Some cannot be delegated while real-time processes exist; the node runs without them.
      await writeFile(join(directory, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined)
    }
  }
}

/** The command line that starts a command in these cgroups, so that no child escapes before it could be moved. */
export function startedIn(procsFiles: readonly string[], command: readonly string[]): [string, string[]] {
  // systemd removes empty cgroups when it reloads, maybe at this moment.
  const enter = '{ echo $$ >"$1"; } 2>/dev/null || { mkdir -p "${1%/*}" && echo $$ >"$1"; } || exit'
  const join = `while [ "$1" != -- ]; do ${enter}; shift; done; shift; exec "$@"`
  return ['sh', ['-c', join, 'sh', ...procsFiles, '--', ...command]]
}

/**
 * Create a cgroup for a command that the host runs in the node, as a login session has one. Returns the files that move
 * a process there.
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

/** Host process ids of all processes of the node, including systemd-nspawn. */
export async function processesOf(name: string): Promise<number[]> {
  const lists = await Promise.all((await cgroupsOf(name)).map(path => read(join(path, 'cgroup.procs'))))
  return [...new Set(lists.flatMap(list => list.split('\n').filter(Boolean).map(Number)))].filter(
    pid => pid > 1,
  )
}

/** Host process id of the node's process 1; undefined when the node is off. */
export async function leaderOf(name: string): Promise<number | undefined> {
  const leaders = await Promise.all(
    (await processesOf(name)).map(async pid => {
      const numbers = /^NSpid:\s*(.*)$/m.exec(await read(`/proc/${pid}/status`))?.[1]?.split('\t')
      return numbers?.length === 2 && numbers[1] === '1' ? pid : undefined
    }),
  )
  return leaders.find(pid => pid !== undefined)
}

/** Kill all processes of the node, including frozen ones, and wait until they are gone. */
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

/** Remove the node's empty cgroups; the kernel may need a moment to release the last process. */
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
