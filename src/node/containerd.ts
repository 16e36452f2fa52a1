import { type ContainerdApi, containerdApi, namespace, pinnedLabel } from './containerd-api.ts'
import { type SocketState, socketState } from './containerd-socket.ts'
import { parseTable } from './ctr-table.ts'
import { containerdSocket, k3sContainerdSocket } from './paths.ts'
import type { Processes } from './processes.ts'

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
  /** Is all content of an image there, and unpacked? */
  isWhole(reference: string): Promise<boolean>
  /** Import an OCI archive for one platform such as `linux/amd64`, and make sure it is on the disk. */
  importImage(archive: string, platform: string): Promise<void>
  /** An empty value takes the label away. */
  labelImage(reference: string, label: string, value: string): Promise<void>
  removeImage(reference: string): Promise<void>
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
  const withPlace = async (...args: string[]): Promise<string[]> => {
    const path = await socket()
    return [...(path === containerdSocket ? [] : ['--address', path]), '--namespace', namespace, ...args]
  }
  const ctr = async (timeoutMs: number, ...args: string[]): Promise<string> =>
    (await processes.run('ctr', await withPlace(...args), { timeoutMs })).stdout
  const state = async (): Promise<SocketState> => socketState(await socket(), 3000)
  // containerd's client gives up after 10 s; what it says then is worth waiting for.
  const quick = 12_000
  let checking: Promise<Map<string, Pick<ContainerdImage, 'complete' | 'unpacked'>>> | undefined
  /** The content of all images. Who asks while another one is waiting for it gets the same answer. */
  const checked = () => {
    checking ??= check().finally(() => {
      checking = undefined
    })
    return checking
  }
  async function check() {
    const args = await withPlace('images', 'check')
    // It ends with exit code 1 when content of any image is missing, and lists them all even so.
    const { stdout } = await processes.attempt('ctr', args, { timeoutMs: quick })
    return new Map(
      parseTable(stdout).map(row => [
        row['REF'] ?? '',
        { complete: /^complete\b/.test(row['STATUS'] ?? ''), unpacked: row['UNPACKED'] === 'true' },
      ]),
    )
  }
  return {
    ...containerdApi(socket),
    socket,
    answers: async () => (await state()) === 'answers',
    state,
    async images() {
      const [list, contents] = await Promise.all([ctr(quick, 'images', 'ls'), checked()])
      return parseTable(list).map(row => {
        const reference = row['REF'] ?? ''
        return {
          reference,
          digest: row['DIGEST'] ?? '',
          ...(contents.get(reference) ?? { complete: false, unpacked: false }),
          pinned: (row['LABELS'] ?? '').split(',').includes(`${pinnedLabel}=pinned`),
          platforms: (row['PLATFORMS'] ?? '').split(',').filter(name => name !== '' && name !== '-'),
        }
      })
    },
    async isWhole(reference) {
      const contents = (await checked()).get(reference)
      return contents?.complete === true && contents.unpacked
    },
    async importImage(archive, platform) {
      const args = await withPlace('images', 'import', '--platform', platform, archive)
      // Killed in the middle, `ctr` leaves a lease that keeps what it had brought, whoever removes the image.
      await processes.run('ctr', args, { timeoutMs: 600_000, outlives: true })
      // A power cut soon after an import can leave empty files in a layer that containerd believes to be whole, and
      // a second import does not mend it (containerd #5854, #10457).
      await processes.run('sync', [], { timeoutMs: 300_000 })
    },
    labelImage: async (reference, label, value) =>
      void (await ctr(quick, 'images', 'label', reference, `${label}=${value}`)),
    removeImage: async reference => void (await ctr(quick, 'images', 'rm', '--sync', reference)),
    removeLease: async id => void (await ctr(60_000, 'leases', 'delete', '--sync', id)),
  }
}
