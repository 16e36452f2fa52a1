import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { requireOnHost } from '../../tools/require-on-host.ts'
import { sh } from '../shell.ts'
import { checkpointPort, checkpointsOn, eachCheckpoint } from './checkpoints.ts'
import { vmDisk } from './disk.ts'
import { GuestAgent, type GuestResult } from './guest-agent.ts'
import { askMonitor } from './monitor.ts'
import { type VmRelease, vmTree } from './tree.ts'

const minutes = 60_000

/** Host programs and their Debian packages, besides those of the lab. */
const packages = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  zstd: 'zstd',
  xz: 'xz-utils',
}

/**
 * A real machine: its own kernel, page cache and disk, so that a power cut loses what was not synced. The processor is
 * emulated, and everything takes ten times as long as on a lab node.
 */
export interface VirtualMachine extends AsyncDisposable {
  readonly release: VmRelease
  /** Run a command with bash as root. A nonzero exit code is a result. Throws when the machine ends. */
  run(command: string, timeoutMs?: number): Promise<GuestResult>
  /** Like `run`, but throws on a nonzero exit code; returns stdout. */
  sh(command: string, timeoutMs?: number): Promise<string>
  /**
   * Run a command, and keep the disk as it is at each of its checkpoints, without what is not on the disk yet. `name` is for
   * `bootAt`. Resolves with what had been done at each.
   */
  checkpoints(name: string, command: string, timeoutMs?: number): Promise<string[]>
  /** Cut the power and boot from the disk as it was at a checkpoint. */
  bootAt(name: string, checkpoint: number): Promise<void>
  /** Cut the power now. */
  powerCut(): Promise<void>
  boot(): Promise<void>
  /** Keep memory and disk as they are now, under a name. */
  save(name: string): Promise<void>
  /** Cut the power and go back to what was saved. */
  restore(name: string): Promise<void>
}

/** Boot a machine with the disk of `vmDisk` and nothing installed. One at a time: it takes 1 GB. */
export async function startMachine(release: VmRelease): Promise<VirtualMachine> {
  await requireOnHost('virtual machines', packages)
  const directory = await mkdtemp('/var/tmp/edgekit-vm-')
  const machine = new Qemu(release, directory)
  try {
    const disk = join(directory, 'disk.qcow2')
    await sh`qemu-img create -q -f qcow2 -b ${await vmDisk(release)} -F raw ${disk}`
    await machine.boot()
    await machine.sh('sync')
    return machine
  } catch (error) {
    await machine[Symbol.asyncDispose]()
    throw error
  }
}

class Qemu implements VirtualMachine {
  readonly release: VmRelease
  readonly #directory: string
  #process: ChildProcess | undefined
  #ended = new AbortController()
  #agent: GuestAgent | undefined

  constructor(release: VmRelease, directory: string) {
    this.release = release
    this.#directory = directory
  }

  #at(name: string): string {
    return join(this.#directory, name)
  }

  async run(command: string, timeoutMs = 5 * minutes): Promise<GuestResult> {
    if (!this.#agent) throw new Error('the machine is off')
    return await this.#agent.run(command, timeoutMs)
  }

  async sh(command: string, timeoutMs?: number): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(command, timeoutMs)
    if (exitCode === 0) return stdout
    throw new Error(`machine ${this.release}: exit code ${exitCode}: ${command}\n${stdout}\n${stderr}`)
  }

  async checkpoints(name: string, command: string, timeoutMs = 20 * minutes): Promise<string[]> {
    const seen: string[] = []
    const done = new AbortController()
    const keeping = eachCheckpoint(this.#at('checkpoints'), done.signal, async what => {
      await askMonitor(this.#at('monitor'), `snapshot_blkdev_internal disk ${name}-${seen.length}`)
      seen.push(what)
    })
    try {
      await Promise.race([
        this.sh(`touch ${checkpointsOn}; ${command}`, timeoutMs),
        keeping.then(() => {
          throw new Error('the machine ended')
        }),
      ])
    } finally {
      done.abort()
      await keeping.catch(() => {})
    }
    return seen
  }

  async bootAt(name: string, checkpoint: number): Promise<void> {
    await this.powerCut()
    await sh`qemu-img snapshot -a ${`${name}-${checkpoint}`} ${this.#at('disk.qcow2')}`
    await this.boot()
  }

  async powerCut(): Promise<void> {
    this.#agent?.close()
    this.#agent = undefined
    if (this.#process && !this.#ended.signal.aborted) {
      this.#process.kill('SIGKILL')
      await once(this.#ended.signal, 'abort')
    }
    this.#process = undefined
  }

  boot(): Promise<void> {
    return this.#start([])
  }

  async save(name: string): Promise<void> {
    this.#agent?.close()
    this.#agent = undefined
    await askMonitor(this.#at('monitor'), `savevm ${name}`)
    this.#agent = await this.#connect()
  }

  async restore(name: string): Promise<void> {
    await this.powerCut()
    await this.#start(['-loadvm', name])
    // The clock stood still.
    await this.sh(`date --set=@${Math.ceil(Date.now() / 1000)}; touch /run/systemd/timesync/synchronized`)
  }

  async #start(options: readonly string[]): Promise<void> {
    const { kernel, initrd } = await vmTree(this.release)
    const log = await open(this.#at('console.log'), 'a')
    // It ends with this process, however that ends.
    const command = [
      '--pdeathsig',
      'KILL',
      'qemu-system-x86_64',
      ...this.#hardware(kernel, initrd),
      ...options,
    ]
    const child = spawn('setpriv', command, {
      stdio: ['ignore', log.fd, log.fd],
    })
    await log.close()
    const ended = new AbortController()
    child.once('exit', () => ended.abort())
    this.#process = child
    this.#ended = ended
    this.#agent = await this.#connect()
    for (const end = Date.now() + 3 * minutes; ; await sleep(1000)) {
      // The route comes from a router advertisement, seconds after the boot, and an install requires it.
      const state =
        'systemctl is-system-running; ctr --connect-timeout 5s version; ip route show default; ip -6 route show default'
      const { stdout } = await this.run(state)
      const isUp = [/^(running|degraded)$/m, /Server:/, /^default via/m].every(line => line.test(stdout))
      if (isUp) return
      if (Date.now() > end) throw new Error(`machine ${this.release} does not come up: ${stdout}`)
    }
  }

  #hardware(kernel: string, initrd: string): string[] {
    return [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max,-svm,-vmx', '-m', '1024', '-smp', '2'],
      // Without devices that the kernel would look for in vain.
      ...['-M', 'q35,sata=off,smbus=off', '-nodefaults'],
      ...['-display', 'none', '-serial', 'stdio', '-no-reboot'],
      ...['-kernel', kernel, '-initrd', initrd],
      // Without the check, a busy host that delays the timer interrupt makes the kernel panic.
      ...['-append', 'console=ttyS0 root=/dev/vda rw panic=-1 mitigations=off no_timer_check'],
      ...['-drive', `file=${this.#at('disk.qcow2')},format=qcow2,if=none,id=disk,cache=writeback`],
      ...['-device', 'virtio-blk-pci,drive=disk'],
      ...['-device', 'virtio-serial-pci'],
      ...['-chardev', `socket,path=${this.#at('agent')},server=on,wait=off,id=agent`],
      ...['-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
      ...['-chardev', `socket,path=${this.#at('checkpoints')},server=on,wait=off,id=checkpoints`],
      ...['-device', `virtserialport,chardev=checkpoints,name=${checkpointPort}`],
      ...['-netdev', 'user,id=lan,restrict=on', '-device', 'virtio-net-pci,netdev=lan,romfile='],
      ...['-monitor', `unix:${this.#at('monitor')},server=on,wait=off`],
    ]
  }

  async #connect(): Promise<GuestAgent> {
    try {
      return await GuestAgent.connect(this.#at('agent'), 4 * minutes, this.#ended.signal)
    } catch (error) {
      const log = await readFile(this.#at('console.log'), 'utf8')
      throw new Error(`machine ${this.release} does not boot:\n${log.slice(-3000)}`, { cause: error })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.powerCut()
    await rm(this.#directory, { recursive: true, force: true })
  }
}
