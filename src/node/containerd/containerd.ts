import type { Files } from '../files.ts'
import { machineArch } from '../machine.ts'
import { containerdSocket, k3sContainerdSocket } from '../paths.ts'
import type { Processes } from '../processes/processes.ts'
import { type ContainerdApi, containerdApi, type ImageName } from './containerd-api.ts'
import { type ContainerdConfig, parseContainerdConfig } from './containerd-config.ts'
import { type ImageContent, withContents } from './containerd-images.ts'
import { containerdServices } from './containerd-services.ts'
import { type SocketState, socketState } from './containerd-socket.ts'
import { type CtrCommands, clientTimeoutMs, ctrCommands } from './ctr-commands.ts'
import type { CallGrpc } from './grpc.ts'

export interface ContainerdImage extends ImageName, ImageContent {}

/** The container runtime of a node. All throw CommandError. */
export interface Containerd extends ContainerdApi, CtrCommands {
  /** The socket that everything here uses: the usual one, or that of k3s where only that one exists. */
  socket(): Promise<string>
  /**
   * Whether containerd answers on its socket. Check this before anything else here: while containerd is down, every
   * `ctr` call blocks for 10 s (its default dial time-out, measured on 1.6.20).
   */
  answers(): Promise<boolean>
  /** The same, within 3 s, and whether something accepts connections without answering. */
  state(): Promise<SocketState>
  images(): Promise<ContainerdImage[]>
  /** Whether all content of an image is present and unpacked. */
  isWhole(image: ImageName): Promise<boolean>
  /** Write everything that was imported to the disk. */
  flush(): Promise<void>
  /** The configuration that containerd would read now, with its defaults filled in. */
  config(): Promise<ContainerdConfig>
  /** Bytes of a blob in the content store below `root`; undefined when it is absent. */
  blobSize(root: string, digest: string): Promise<number | undefined>
  /** The first line of `runc --version`, however long it takes: the signal ends it. */
  runcVersion(signal: AbortSignal): Promise<string>
}

export function localContainerd(processes: Processes, files: Files, call: CallGrpc): Containerd {
  const exists = async (path: string): Promise<boolean> => (await files.status(path)) !== undefined
  const socket = async (): Promise<string> =>
    !(await exists(containerdSocket)) && (await exists(k3sContainerdSocket))
      ? k3sContainerdSocket
      : containerdSocket
  const output = async (file: string, ...args: string[]): Promise<string> =>
    (await processes.run(file, args, { timeoutMs: clientTimeoutMs })).stdout
  const state = async (): Promise<SocketState> => socketState(await socket(), 3000)
  const services = containerdServices(call, socket)
  const api = containerdApi(services)
  return {
    ...api,
    ...ctrCommands(processes, socket),
    socket,
    answers: async () => (await state()) === 'answers',
    state,
    images: async () => withContents(await api.imageNames(), services, machineArch()),
    async isWhole(name) {
      const [image] = await withContents([name], services, machineArch())
      return image?.complete === true && image.unpacked
    },
    // A power cut soon after an import can leave empty files in a layer that containerd takes for whole, and a second
    // import does not repair it (containerd #5854, #10457).
    flush: async () => void (await processes.run('sync', [], { timeoutMs: 300_000 })),
    config: async () => parseContainerdConfig(await output('containerd', 'config', 'dump')),
    async blobSize(root, digest) {
      const path = `${root}/io.containerd.content.v1.content/blobs/${digest.replace(':', '/')}`
      return (await files.status(path))?.size
    },
    async runcVersion(signal) {
      const { stdout } = await processes.run('runc', ['--version'], { timeoutMs: 300_000, signal })
      return stdout.split('\n')[0] ?? ''
    },
  }
}
