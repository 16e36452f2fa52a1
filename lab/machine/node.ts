import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { writeCertificates } from './certificates.ts'
import { createCgroups, createSession, isUnified, leaderOf, startedIn } from './cgroups.ts'
import { pathInside } from './inside.ts'
import { type Disk, mountDisk, rootOf } from './mounts.ts'
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
  /** Also the host name inside. */
  readonly name: string
  readonly release: Release
  /** The node's disk as seen from the host. */
  readonly root: string
  /**
   * Run a command with bash in the node, as root in /root with a clean environment. The output comes without its last
   * newline; an exit code is a result, not an error; a command that a signal ended has 128 + its number. Throws only
   * when the node is off or the command takes longer than `timeoutMs` (a minute).
   */
  run(command: string, options?: RunOptions): Promise<RunResult>
  /** As `run`, but an exit code other than 0 is an error that shows the output; returns stdout. */
  sh(command: string, options?: RunOptions): Promise<string>
  /** Copy a file or directory to exactly `nodePath`, on or off; it then belongs to root. Not into /tmp or /run. */
  copyIn(hostPath: string, nodePath: string): Promise<void>
  write(nodePath: string, text: string, mode?: number): Promise<void>
  read(nodePath: string): Promise<string>
  /** Everything in the node stops at once, nothing is synced or cleaned up; the node is off. */
  powerCut(): Promise<void>
  /** Switch the node on, with the disk as it was; resolves when the system is up and containerd answers. */
  boot(options?: BootOptions): Promise<void>
  /** Leave nothing of the node behind; may be called again. */
  remove(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface BootOptions {
  /** `false` for a node whose containerd a test has broken. */
  containerd?: boolean
  timeoutMs?: number
}

export interface NodeOptions {
  release: Release
  name?: string
  /** Give the node the certificates of a node that has joined. */
  certificates?: boolean
  /** Start from this disk instead of the pristine tree of the release. */
  disk?: Disk
}

/** A new node, switched on. It goes away with `remove()`, and at the latest when this process has ended. */
export async function startNode(options: NodeOptions): Promise<LabNode> {
  watchThisProcess()
  return newNode(options, await ownerOf(process.pid))
}

/** A new node that stays until someone removes it. */
export const startKeptNode = (options: NodeOptions): Promise<LabNode> => newNode(options, 'kept')

async function newNode(options: NodeOptions, owner: Owner): Promise<LabNode> {
  const { release, name = `${release}-${randomBytes(3).toString('hex')}` } = options
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) throw new Error(`not a valid host name: ${name}`)
  const disk = options.disk ?? { layers: [await pristineTree(release)] }
  await claim(name, { release, owner })
  const node = new NspawnNode(name, release)
  try {
    await mountDisk(disk, nodeDirectory(name))
    await node.write('/etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444)
    await node.write('/etc/hostname', `${name}\n`)
    await node.write('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`)
    await node.write('/etc/cni/net.d/10-edge.conflist', podNetwork)
    if (options.certificates) await writeCertificates(node.root, name)
    await node.boot()
  } catch (error) {
    await node.remove()
    throw error
  }
  return node
}

/** As the packages of a pod network leave it. */
const podNetwork = `${JSON.stringify({
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
 * The node's first acts: what nspawn mounts read-only must be writable for containerd before the first unit starts. A
 * cable is plugged in and nobody is at its other end; the cloud's addresses are out of reach at once, not after a
 * while. The clock is that of the host, and counts as kept right.
 */
const init = [
  'for tree in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$tree" 2>/dev/null || :; done',
  'ip link add eth0 type veth peer name cable && ip link set cable up && ip link set eth0 up',
  'ip address add 198.51.100.10/24 dev eth0 && ip route add default via 198.51.100.1',
  'ip route add throw 192.0.2.0/24',
  'mkdir -p /run/systemd/timesync && touch /run/systemd/timesync/synchronized',
  'exec /sbin/init',
].join('\n')

/** The host's command that runs this command in the node. */
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

  constructor(name: string, release: Release) {
    this.name = name
    this.release = release
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

  async powerCut(): Promise<void> {
    await switchOff(this.name)
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
      // No systemd-machined need run on the host, and the cgroup is the one made above.
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
      // The only way to tell systemd 257 to boot on version 1 cgroups.
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
      // Not ended by a Ctrl-C meant for the test run, which then removes the node in good order.
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

/** A command in the node has a parent on the host: kill that and everything below it. */
async function killTree(pid: number): Promise<void> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  for (const task of tasks) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')
    for (const child of children.split(' ').filter(Boolean)) await killTree(Number(child))
  }
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
