import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as encode from '../../src/mqtt/encode.ts'
import { cached } from '../cache.ts'
import type { Release } from '../machine/tree.ts'
import { sh } from '../shell.ts'
import { freePort } from './free-port.ts'

/** A broker on the loopback interface. */
export interface LabBroker {
  port: number
  stop: () => Promise<void>
}

/** A broker from Debian packages. */
export interface BrokerProgram {
  release: Release
  packages: readonly string[]
  /** The program and its arguments; its files are in `/mnt`. */
  command: readonly string[]
  files?: Record<string, string>
  environment?: Record<string, string>
  /** Directories of the tree that it writes to; they are empty when it starts, and gone when it ends. */
  writable?: readonly string[]
}

/** What start scripts need. */
export const shell = ['dash', 'bash', 'coreutils', 'sed', 'grep', 'procps', 'hostname', 'util-linux']

/** Debian packages with all that they depend on, unpacked and not configured: no service starts, no user is created. */
export const treeOf = ({ release, packages }: Pick<BrokerProgram, 'release' | 'packages'>): Promise<string> =>
  cached(
    `broker-tree-${packages[0]}-${release}`,
    [process.arch, ...packages, 'recipe 2'],
    async directory => {
      const options = [
        `--include=${packages.join(',')}`,
        '--aptopt=Acquire::Retries "3"',
        // Links of Debian's merged /usr, which a package script would create.
        '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
      ]
      await sh`mmdebstrap --quiet --variant=extract ${options} ${release} ${directory}`
      for (const name of ['proc', 'mnt']) await mkdir(join(directory, name), { recursive: true })
    },
  )

/** What the program sees: the tree, its own processes, files in `/mnt`, and empty directories to write to. */
const isolate = `set -e
tree=$1 files=$2
mount -t proc proc "$tree/proc"
mount --rbind /dev "$tree/dev"
mount --bind "$files" "$tree/mnt"
shift 2
while [ "$1" != -- ]; do mkdir -p "$tree$1"; mount -t tmpfs tmpfs "$tree$1"; shift; done
shift
exec chroot "$tree" "$@"
`

/** A program that runs in its tree. */
export interface TreeProgram {
  /** The directory that the program sees as `/mnt`. */
  files: string
  /** The end of what it has written. */
  output: () => string
  isRunning: () => boolean
  stop: () => Promise<void>
}

/** Start a program of Debian packages in a tree of its own. It ends with this process. */
export async function startInTree(program: BrokerProgram): Promise<TreeProgram> {
  const tree = await treeOf(program)
  const files = await mkdtemp(join(tmpdir(), 'edgekit-broker-'))
  for (const [name, text] of Object.entries(program.files ?? {})) await writeFile(join(files, name), text)
  const { command, writable = [], environment } = program
  // It ends with this process, and everything that it started with it.
  const alone = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child']
  const child = spawn(
    'setpriv',
    [...alone, 'sh', '-c', isolate, 'sh', tree, files, ...writable, '--', ...command],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...environment } },
  )
  let output = ''
  const keep = (data: Buffer): void => {
    output = (output + data.toString()).slice(-4_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = once(child, 'exit')
  return {
    files,
    output: () => output,
    isRunning: () => child.exitCode === null,
    async stop() {
      child.kill('SIGKILL')
      await ended
      await rm(files, { recursive: true, force: true })
    },
  }
}

/** How long a broker may take until it answers: those on the JVM and on Erlang take seconds, more beside other tests. */
const startMs = 90_000

/** Start a broker, and wait until it answers a CONNECT. `describe` gets the port that it must listen on. */
export async function startBroker(describe: (port: number) => BrokerProgram): Promise<LabBroker> {
  const port = await freePort()
  const description = describe(port)
  const program = await startInTree(description)
  const started = Date.now()
  while (!(await answers(port))) {
    if (program.isRunning() && Date.now() - started < startMs) {
      await sleep(50)
      continue
    }
    await program.stop()
    throw new Error(`${description.command[0]} does not answer on port ${port}:\n${program.output()}`)
  }
  return { port, stop: program.stop }
}

/** Whether a CONNECT of MQTT 3.1.1 gets a CONNACK. */
async function answers(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  socket.write(encode.connect({ version: 4, clientId: 'edgekitlab', clean: true }))
  const first = await new Promise<number | undefined>(resolve => {
    socket.on('data', ([byte]: Buffer) => resolve(byte))
    socket.on('error', () => undefined).on('close', () => resolve(undefined))
    socket.setTimeout(1_000, () => resolve(undefined))
  })
  socket.destroy()
  return first === 0x20
}
