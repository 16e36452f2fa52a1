import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { writeRegistration } from '../edgecore/database.ts'
import { writeCertificates } from './certificates.ts'
import { createCgroups, createSession, isUnified, leaderOf, startedIn } from './cgroups.ts'
import { pathInside } from './inside.ts'
import { createDisk, cutOffDisk, type Disk, remountDisk, rootOf, syncDisk } from './mounts.ts'
import { watchThisProcess } from './reap.ts'
import { removeNode, switchOff } from './remove.ts'
import { claim, consoleLog, nodeDirectory, type Owner, ownerOf } from './state.ts'
import { pristineTree, type Release } from './tree.ts'

export type { Release } from './tree.ts'

export interface RunOptions {
  timeoutMs?: number
  input?: string
  env?: Record<string, string>
}

export interface RunResult {
  exitCode: number
  stdout: string
  stderr: string
}

export interface LabNode {
  /** Also its host name. */
  readonly name: string
  readonly release: Release
  /** The node's root directory on the host. */
  readonly root: string
  /**
   * Run a command with bash in the node, as root in /root with a clean environment. Output has no trailing newline. A
   * nonzero exit code is a result, not an error; a signal gives 128 + its number. Throws only when the node is off or
   * the command exceeds `timeoutMs` (one minute by default).
   */
  run(command: string, options?: RunOptions): Promise<RunResult>
  /** Like `run`, but throws with the output on a nonzero exit code; returns stdout. */
  sh(command: string, options?: RunOptions): Promise<string>
  /** Copy a file or directory to `nodePath`, owned by root, whether the node is on or off. Not into /tmp or /run. */
  copyIn(hostPath: string, nodePath: string): Promise<void>
  write(nodePath: string, text: string, mode?: number): Promise<void>
  read(nodePath: string): Promise<string>
  /**
   * Stop everything at once, without cleanup. What was not synced to the disk is lost. Resolves to the time at which the disk
   * was cut off, in milliseconds since 1970.
   */
  powerCut(): Promise<number>
  /** Boot from the same disk; resolves when the system is up and containerd answers. */
  boot(options?: BootOptions): Promise<void>
  /** Remove the node and its disk; idempotent. */
  remove(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface BootOptions {
  /** Set `false` when a test has broken containerd. */
  containerd?: boolean
  timeoutMs?: number
}

export interface NodeOptions {
  release: Release
  name?: string
  /** Give the node the certificates and the database of a joined node. */
  certificates?: boolean
  /** Boot this disk instead of the pristine tree of the release. */
  disk?: Disk
}

/** Boot a new node. It is removed by `remove()`, or when this process ends. */
export async function startNode(options: NodeOptions): Promise<LabNode> {
  watchThisProcess()
  return newNode(options, await ownerOf(process.pid))
}

/** Boot a new node that stays until it is removed explicitly. */
export const startKeptNode = (options: NodeOptions): Promise<LabNode> => newNode(options, 'kept')

async function newNode(options: NodeOptions, owner: Owner): Promise<LabNode> {
  const { release, name = `${release}-${randomBytes(3).toString('hex')}` } = options
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new Error(`not a valid host name: ${name}`)
  const disk = options.disk ?? { layers: [await pristineTree(release)] }
  await claim(name, { release, owner })
  const node = new NspawnNode(name, release, disk)
  try {
    await createDisk(disk, nodeDirectory(name))
    await node.write('/etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444)
    await node.write('/etc/hostname', `${name}\n`)
    await node.write('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`)
    await node.write('/etc/cni/net.d/10-edge.conflist', podNetwork)
    if (options.certificates) {
      await writeCertificates(node.root, name)
      writeRegistration(join(node.root, 'var/lib/kubeedge/edgecore.db'), name)
    }
    await node.boot()
    // Otherwise a power cut loses what the lab has written, and containerd at its first start.
    await syncDisk(nodeDirectory(name))
  } catch (error) {
    await node.remove()
    throw error
  }
  return node
}

/** CNI configuration as a pod network's package installs it. */
export const podNetwork = `${JSON.stringify({
  cniVersion: '0.4.0',
  name: 'edge',
  plugins: [
    { type: 'bridge', bridge: 'cni0', isGateway: true, ipam: { type: 'host-local', subnet: '10.88.0.0/16' } },
  ],
})}\n`

const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
}

/**
 * Runs before systemd in the node. containerd needs cgroup hierarchies that nspawn mounts read-only. eth0 has a carrier
 * and no peer; addresses of the cloud (192.0.2.0/24) are unreachable at once, without a timeout. The clock counts as
 * synchronized.
 */
const init = [
  'for tree in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$tree" 2>/dev/null || :; done',
  'ip link add eth0 type veth peer name cable && ip link set cable up && ip link set eth0 up',
  'ip address add 198.51.100.10/24 dev eth0 && ip route add default via 198.51.100.1',
  'ip route add throw 192.0.2.0/24',
  'mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized',
  'exec /sbin/init',
].join('\n')

/** The host command that runs a command in the node. */
export async function enterNode(
  name: string,
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<[string, string[]]> {
  const leader = await leaderOf(name)
  if (leader === undefined) throw new Error(`node ${name} is off`)
  const variables = Object.entries({ ...environment, ...env }).map(([key, value]) => `${key}=${value}`)
  return startedIn(await createSession(leader), [
    'nsenter',
    `--target=${leader}`,
    '--all',
    '--',
    ...['env', '--ignore-environment', '--chdir=/root', ...variables, ...command],
  ])
}

class NspawnNode implements LabNode {
  readonly name: string
  readonly release: Release
  readonly root: string
  private readonly disk: Disk

  constructor(name: string, release: Release, disk: Disk) {
    this.name = name
    this.release = release
    this.disk = disk
    this.root = rootOf(nodeDirectory(name))
  }

  async run(command: string, options: RunOptions = {}): Promise<RunResult> {
    const { timeoutMs = 60_000, input, env } = options
    const [file, args] = await enterNode(this.name, ['bash', '-c', command], env)
    const child = execa(file, args, {
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
    })
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      if (child.pid) void killTree(child.pid)
    }, timeoutMs)
    const result = await child
    clearTimeout(timer)
    const { stdout, stderr } = result
    if (timedOut)
      throw new Error(`node ${this.name}: no end after ${timeoutMs} ms: ${command}\n${stdout}\n${stderr}`)
    const exitCode = result.exitCode ?? (result.signal ? 128 + constants.signals[result.signal] : 255)
    return { exitCode, stdout, stderr }
  }

  async sh(command: string, options?: RunOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(command, options)
    if (exitCode !== 0) {
      throw new Error(`node ${this.name}: exit code ${exitCode}: ${command}\n${stdout}\n${stderr}`)
    }
    return stdout
  }

  async copyIn(hostPath: string, nodePath: string): Promise<void> {
    const path = await pathInside(this.root, nodePath)
    await mkdir(dirname(path), { recursive: true })
    const how = ['--recursive', '--no-target-directory', '--preserve=mode,timestamps,links']
    await execa('cp', [...how, '--', hostPath, path])
  }

  async write(nodePath: string, text: string, mode = 0o644): Promise<void> {
    const path = await pathInside(this.root, nodePath)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    await chmod(path, mode)
  }

  async read(nodePath: string): Promise<string> {
    return readFile(await pathInside(this.root, nodePath), 'utf8')
  }

  async powerCut(): Promise<number> {
    await cutOffDisk(nodeDirectory(this.name))
    const time = Date.now()
    await switchOff(this.name)
    await remountDisk(this.disk, nodeDirectory(this.name))
    return time
  }

  async boot({ containerd = true, timeoutMs = 60_000 }: BootOptions = {}): Promise<void> {
    if ((await leaderOf(this.name)) !== undefined) throw new Error(`node ${this.name} is already on`)
    const exited = await this.switchOn()
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const seen = await this.answer(containerd)
      if (seen === 'up') return
      const end = exited.aborted
        ? 'systemd-nspawn ended'
        : Date.now() > deadline
          ? `not up in ${timeoutMs} ms`
          : undefined
      if (end !== undefined) {
        const log = (await readFile(consoleLog(this.name), 'utf8').catch(() => ''))
          .split('\n')
          .slice(-40)
          .join('\n')
        throw new Error(`node ${this.name}: ${end}: ${seen}\n${log}`)
      }
      await sleep(20)
    }
  }

  private async switchOn(): Promise<AbortSignal> {
    const unified = isUnified()
    const [file, args] = startedIn(await createCgroups(this.name), [
      'systemd-nspawn',
      '--quiet',
      // The host needs no systemd-machined, and the cgroup is the one created above.
      '--register=no',
      '--keep-unit',
      `--machine=${this.name}`,
      `--directory=${this.root}`,
      '--private-network',
      '--console=pipe',
      '--link-journal=no',
      '--resolv-conf=off',
      '--timezone=off',
      '--capability=all',
      '--system-call-filter=@keyring bpf',
      // EdgeCore opens it.
      '--bind=/dev/kmsg',
      // systemd 257 boots on version 1 cgroups only with this.
      ...(unified
        ? []
        : [
            '--setenv=SYSTEMD_PROC_CMDLINE=systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1',
          ]),
      '/bin/sh',
      '-c',
      init,
    ])
    const log = await open(consoleLog(this.name), 'a')
    const child = spawn(file, args, {
      env: {
        ...process.env,
        SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: unified ? '1' : '0',
        SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1',
      },
      stdio: ['ignore', log.fd, log.fd],
      // Ctrl-C goes to the test run only, which then removes the node.
      detached: true,
    })
    child.unref()
    const ended = new AbortController()
    child.once('exit', () => ended.abort())
    await log.close()
    return ended.signal
  }

  /** `up`, or what is missing. */
  private async answer(containerd: boolean): Promise<string> {
    if ((await leaderOf(this.name)) === undefined) return 'no process 1 yet'
    try {
      const state = await this.run('systemctl is-system-running --wait', { timeoutMs: 30_000 })
      if (!['running', 'degraded'].includes(state.stdout)) return `${state.stdout} ${state.stderr}`
      if (!containerd) return 'up'
      const { exitCode, stderr } = await this.run('ctr --connect-timeout 1s version', { timeoutMs: 10_000 })
      return exitCode === 0 ? 'up' : stderr
    } catch (error) {
      return String(error)
    }
  }

  async remove(): Promise<void> {
    await removeNode(this.name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.remove()
  }
}

/** Kill the host process of a command in the node and all its descendants. */
async function killTree(pid: number): Promise<void> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  for (const task of tasks) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter(Boolean)) await killTree(Number(child))
  }
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already ended.
  }
}
