import { containerdNamespace, containerdSocket } from '../paths.ts'
import { CommandError } from '../processes/command-error.ts'
import type { Processes } from '../processes/processes.ts'
import { abortWhenServerGone } from './containerd-socket.ts'

/** What edgekit leaves to `ctr`: what changes containerd in more than one call. All throw CommandError. */
export interface CtrCommands {
  /** Import an OCI archive for one platform such as `linux/amd64`. It survives a power cut once `flush` is done. */
  importImage(archive: string, platform: string): Promise<void>
  removeImage(reference: string): Promise<void>
  /** Fails while another snapshot is on top of it; one that is gone already is no failure, as with content. */
  removeSnapshot(key: string): Promise<void>
  /** Remove a blob from the content store. */
  removeContent(digest: string): Promise<void>
  /** Delete the files of everything that was removed. */
  collectGarbage(): Promise<void>
  /** Also removes the content that only this lease kept. */
  removeLease(id: string): Promise<void>
  /**
   * Start a container on the network of this node, with a read-only root, in the background. Its output goes to `log`, a file
   * on the node, but containerd 1.6 can lose that of one that ends at once: `containerOutput` does not.
   */
  runContainer(container: NewContainer, log: string): Promise<void>
  /** Run a container that ends by itself within 10 s, and return what it prints. */
  containerOutput(container: NewContainer): Promise<string>
  /** Kill a container and remove it with its snapshot; one that does not exist is no failure. */
  removeContainer(id: string): Promise<void>
  /** Send a signal, such as `SIGHUP`, to the main process of a container. */
  signalContainer(id: string, signal: string): Promise<void>
  /** Options of `ctr images import` and `ctr run`, without their dashes, however long it takes: the signal ends it. */
  ctrFlags(signal: AbortSignal): Promise<{ import: string[]; run: string[] }>
}

export interface NewContainer {
  id: string
  /** The reference of its image. */
  image: string
  mounts: { from: string; to: string; writable: boolean }[]
  command: string[]
}

/** The options that a help text lists at the beginning of its lines, without their dashes. */
export const parseFlags = (help: string): string[] =>
  [...help.matchAll(/^\s+--([a-z][a-z-]*)/gm)].map(([, name = '']) => name)

const runArguments = ({ id, image, mounts, command }: NewContainer): string[] => [
  ...['--net-host', '--read-only', '--seccomp'],
  ...mounts.flatMap(({ from, to, writable }) => [
    '--mount',
    `type=bind,src=${from},dst=${to},options=rbind:${writable ? 'rw' : 'ro'}`,
  ]),
  ...[image, id, ...command],
]

const collectLease = 'edgekit-collect'

/** containerd's client gives up after 10 s without a connection; the rest is for a slow disk. */
const clientTimeoutMs = 30_000

/** containerd's garbage collection may be faster: it runs at any time. */
const unlessGone = (removal: Promise<void>): Promise<void> =>
  removal.catch((error: unknown) => {
    if (!(error instanceof CommandError && error.message.endsWith(': not found'))) throw error
  })

export function ctrCommands(processes: Processes, socket: () => Promise<string>): CtrCommands {
  const withAddress = async (...args: string[]): Promise<string[]> => {
    const path = await socket()
    return [
      ...(path === containerdSocket ? [] : ['--address', path]),
      '--namespace',
      containerdNamespace,
      ...args,
    ]
  }
  const ctr = async (timeoutMs: number, ...args: string[]) =>
    void (await processes.run('ctr', await withAddress(...args), { timeoutMs }))
  const help = async (signal: AbortSignal, ...args: string[]): Promise<string[]> =>
    parseFlags((await processes.run('ctr', [...args, '--help'], { timeoutMs: 300_000, signal })).stdout)
  const removeLease = (id: string): Promise<void> => ctr(60_000, 'leases', 'delete', '--sync', id)
  return {
    async importImage(archive, platform) {
      const args = await withAddress('images', 'import', '--platform', platform, archive)
      // `ctr` has these 5 s to report the loss of the connection itself.
      using end = abortWhenServerGone(await socket(), 5000)
      // `outlives`: killed half-way, `ctr` leaves a lease that keeps its content, even after the image is removed.
      await processes.run('ctr', args, { timeoutMs: 600_000, outlives: true, signal: end.signal })
    },
    removeImage: reference => ctr(clientTimeoutMs, 'images', 'rm', '--sync', reference),
    removeSnapshot: key => unlessGone(ctr(clientTimeoutMs, 'snapshots', 'rm', key)),
    removeContent: digest => unlessGone(ctr(clientTimeoutMs, 'content', 'rm', digest)),
    removeLease,
    async collectGarbage() {
      // `ctr` waits for the garbage collection only at the end of a lease or of an image. An interrupted call leaves the lease.
      await ctr(clientTimeoutMs, 'leases', 'create', '--id', collectLease, '--expires', '1h').catch(() => {})
      await removeLease(collectLease)
    },
    runContainer: (container, log) =>
      ctr(60_000, 'run', '--detach', '--log-uri', `file://${log}`, ...runArguments(container)),
    async containerOutput(container) {
      const args = await withAddress('run', '--rm', ...runArguments(container))
      const { stdout, stderr } = await processes.attempt('ctr', args, { timeoutMs: 10_000 })
      return stdout + stderr
    },
    async removeContainer(id) {
      await unlessGone(ctr(clientTimeoutMs, 'tasks', 'rm', '--force', id))
      await unlessGone(ctr(clientTimeoutMs, 'containers', 'rm', id))
      await unlessGone(ctr(clientTimeoutMs, 'snapshots', 'rm', id))
    },
    signalContainer: (id, signal) => ctr(clientTimeoutMs, 'tasks', 'kill', '--signal', signal, id),
    async ctrFlags(signal) {
      const [imports, run] = await Promise.all([help(signal, 'images', 'import'), help(signal, 'run')])
      return { import: imports, run }
    },
  }
}
