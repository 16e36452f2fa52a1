import { machineArch } from '../machine.ts'
import { containerdSocket, k3sContainerdSocket } from '../paths.ts'
import type { Processes } from '../processes/processes.ts'
import { type ContainerdApi, containerdApi, type ImageName } from './containerd-api.ts'
import { type ImageContent, withContents } from './containerd-images.ts'
import { containerdServices, namespace } from './containerd-services.ts'
import { abortWhenServerGone, type SocketState, socketState } from './containerd-socket.ts'
import type { CallGrpc } from './grpc.ts'

export interface ContainerdImage extends ImageName, ImageContent {}

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
  isWhole(image: ImageName): Promise<boolean>
  /** Import an OCI archive for one platform such as `linux/amd64`. It is there after a power cut once `flush` is done. */
  importImage(archive: string, platform: string): Promise<void>
  flush(): Promise<void>
  /** An empty value takes the label away. */
  labelImage(reference: string, label: string, value: string): Promise<void>
  removeImage(reference: string): Promise<void>
  /** What only it kept is gone afterwards. */
  removeLease(id: string): Promise<void>
}

export function localContainerd(
  processes: Processes,
  exists: (path: string) => Promise<boolean>,
  call: CallGrpc,
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
  const services = containerdServices(call, socket)
  const api = containerdApi(services)
  return {
    ...api,
    socket,
    answers: async () => (await state()) === 'answers',
    state,
    images: async () => withContents(await api.imageNames(), services, machineArch()),
    async isWhole(name) {
      const [image] = await withContents([name], services, machineArch())
      return image?.complete === true && image.unpacked
    },
    async importImage(archive, platform) {
      const args = await withPlace('images', 'import', '--platform', platform, archive)
      // It has these 5 s to say so itself.
      using end = abortWhenServerGone(await socket(), 5000)
      // Killed in the middle, `ctr` leaves a lease that keeps what it had brought, whoever removes the image.
      await processes.run('ctr', args, { timeoutMs: 600_000, outlives: true, signal: end.signal })
    },
    // A power cut soon after an import can leave empty files in a layer that containerd believes to be whole, and a
    // second import does not mend it (containerd #5854, #10457).
    flush: async () => void (await processes.run('sync', [], { timeoutMs: 300_000 })),
    labelImage: async (reference, label, value) =>
      void (await ctr(quick, 'images', 'label', reference, `${label}=${value}`)),
    removeImage: async reference => void (await ctr(quick, 'images', 'rm', '--sync', reference)),
    removeLease: async id => void (await ctr(60_000, 'leases', 'delete', '--sync', id)),
  }
}
