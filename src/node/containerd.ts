import { type ContainerdApi, containerdApi, namespace } from './containerd-api.ts'
import { type SocketState, socketState } from './containerd-socket.ts'
import { parseTable } from './ctr-table.ts'
import { containerdSocket, k3sContainerdSocket } from './paths.ts'
import type { Processes } from './processes.ts'

/** containerd's CRI plugin and the kubelet's image collector leave images with this label alone (containerd >= 1.6.25, >= 1.7.10, 2.x). */
export const pinnedLabel = 'io.cri-containerd.pinned'

export interface ContainerdImage {
  reference: string
  digest: string
  /** All of its content is in the content store. */
  complete: boolean
  /** Its layers have been made into snapshots, so a container can be started from it. */
  unpacked: boolean
  pinned: boolean
  /** What its content is for, such as `linux/amd64`; empty when containerd cannot tell. */
  platforms: string[]
}

/** What keeps content in containerd while somebody brings it, for a day at most when that was cut off. */
export interface Lease {
  id: string
  /** Milliseconds since 1970, of a whole second. */
  created: number
}

export interface Containerd extends ContainerdApi {
  /** The socket that all below go through: the usual one, or that of k3s' own containerd where only that is there. */
  socket(): Promise<string>
  /**
   * Does containerd answer on its socket? Ask this before anything else here: with containerd down every `ctr` call
   * blocks for 10 s (its default dial time-out, measured on 1.6.20).
   */
  answers(): Promise<boolean>
  /** The same, and whether there is something that only accepts connections. Within 3 s. */
  state(): Promise<SocketState>
  images(): Promise<ContainerdImage[]>
  /** Import an OCI archive for one platform such as `linux/amd64`, and make sure it is on the disk. */
  importImage(archive: string, platform: string): Promise<void>
  /** An empty value takes the label away. */
  labelImage(reference: string, label: string, value: string): Promise<void>
  removeImage(reference: string): Promise<void>
  leases(): Promise<Lease[]>
  /** What only it kept is gone afterwards. */
  removeLease(id: string): Promise<void>
}

export function localContainerd(
  processes: Processes,
  exists: (path: string) => Promise<boolean>,
): Containerd {
  const socket = async (): Promise<string> =>
    !(await exists(containerdSocket)) && (await exists(k3sContainerdSocket))
      ? k3sContainerdSocket
      : containerdSocket
  const address = async (): Promise<string[]> => {
    const path = await socket()
    return path === containerdSocket ? [] : ['--address', path]
  }
  const ctr = async (timeoutMs: number, ...args: string[]): Promise<string> =>
    (await processes.run('ctr', [...(await address()), '--namespace', namespace, ...args], { timeoutMs }))
      .stdout
  const state = async (): Promise<SocketState> => socketState(await socket(), 3000)
  // containerd's client gives up after 10 s; what it says then is worth waiting for.
  const quick = 12_000
  return {
    ...containerdApi(socket),
    socket,
    answers: async () => (await state()) === 'answers',
    state,
    async images() {
      const checkArgs = [...(await address()), '--namespace', namespace, 'images', 'check']
      const [list, check] = await Promise.all([
        ctr(quick, 'images', 'ls'),
        // It ends with exit code 1 when content of any image is missing, and lists them all even so.
        processes.attempt('ctr', checkArgs, { timeoutMs: quick }),
      ])
      const checked = new Map(parseTable(check.stdout).map(row => [row['REF'], row]))
      return parseTable(list).map(row => {
        const reference = row['REF'] ?? ''
        return {
          reference,
          digest: row['DIGEST'] ?? '',
          complete: /^complete\b/.test(checked.get(reference)?.['STATUS'] ?? ''),
          unpacked: checked.get(reference)?.['UNPACKED'] === 'true',
          pinned: (row['LABELS'] ?? '').split(',').includes(`${pinnedLabel}=pinned`),
          platforms: (row['PLATFORMS'] ?? '').split(',').filter(name => name !== '' && name !== '-'),
        }
      })
    },
    async importImage(archive, platform) {
      const importArgs = ['images', 'import', '--platform', platform, archive]
      // Killed in the middle, `ctr` leaves a lease that keeps what it had brought, whoever removes the image.
      await processes.run('ctr', [...(await address()), '--namespace', namespace, ...importArgs], {
        timeoutMs: 600_000,
        outlives: true,
      })
      // A power cut soon after an import can leave empty files in a layer that containerd believes to be whole, and
      // a second import does not mend it (containerd #5854, #10457).
      await processes.run('sync', [], { timeoutMs: 300_000 })
    },
    labelImage: async (reference, label, value) =>
      void (await ctr(quick, 'images', 'label', reference, `${label}=${value}`)),
    removeImage: async reference => void (await ctr(quick, 'images', 'rm', '--sync', reference)),
    async leases() {
      const [, ...rows] = (await ctr(quick, 'leases', 'ls')).trimEnd().split('\n')
      return rows.map(row => {
        // A table again, but one of its headings is two words.
        const [id = '', created = ''] = row.split(/\s+/)
        return { id, created: Date.parse(created) }
      })
    },
    removeLease: async id => void (await ctr(60_000, 'leases', 'delete', '--sync', id)),
  }
}
