import { slowness } from '../../lib/slowness.ts'
import type { Files } from '../files.ts'
import { machineArch } from '../machine.ts'
import { containerdSocket, k3sContainerdSocket } from '../paths.ts'
import type { Processes } from '../processes/processes.ts'
import { type ContainerdApi, containerdApi, type ImageName } from './containerd-api.ts'
import { type ContainerdConfig, parseContainerdConfig } from './containerd-config.ts'
import { type ImageContent, withContents } from './containerd-images.ts'
import { containerdServices, snapshotter } from './containerd-services.ts'
import { type SocketState, socketState } from './containerd-socket.ts'
import { type CtrCommands, ctrCommands } from './ctr-commands.ts'
import type { CallGrpc } from './grpc.ts'
import {
  type DamageScope,
  type ImageDamage,
  imageDamage,
  imageFingerprint,
  isDamaged,
} from './image-damage.ts'
import { type DamagedUuid, damagedUuid } from './server-uuid.ts'

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
  /** The same, within 3 s (longer on a slow machine), and whether something accepts connections without answering. */
  state(): Promise<SocketState>
  images(): Promise<ContainerdImage[]>
  /** Whether all content of an image is present, unpacked and undamaged. `undamaged` is as for `damage`. */
  isWhole(image: ImageName, undamaged?: unknown): Promise<boolean>
  /** What of an image, given by its digest, is not what it was imported as. Reads all of it that is in `scope`. */
  damage(digest: string, scope?: DamageScope): Promise<ImageDamage>
  /** What changes when an image, given by its digest, is damaged, imported again, or removed. */
  fingerprint(digest: string): Promise<string>
  /** Write everything that was imported to the disk. */
  flush(): Promise<void>
  /**
   * The configuration that containerd would read now, with its defaults filled in. With a `problem`, containerd's words,
   * it cannot read its file, and `config` has only defaults. It may take long; the signal ends it.
   */
  config(signal?: AbortSignal): Promise<{ config: ContainerdConfig; problem?: string }>
  /** What is wrong with the UUID of containerd, which has `root` in its configuration. */
  damagedUuid(root: string): Promise<DamagedUuid | undefined>
  /** The first line of `runc --version`, however long it takes: the signal ends it. */
  runcVersion(signal: AbortSignal): Promise<string>
}

export function localContainerd(processes: Processes, files: Files, call: CallGrpc): Containerd {
  const exists = async (path: string): Promise<boolean> => (await files.status(path)) !== undefined
  const socket = async (): Promise<string> =>
    !(await exists(containerdSocket)) && (await exists(k3sContainerdSocket))
      ? k3sContainerdSocket
      : containerdSocket
  const state = async (): Promise<SocketState> => socketState(await socket(), 3000 * slowness())
  const services = containerdServices(call, socket)
  const api = containerdApi(services)
  const roots = async () => {
    const plugins = await api.plugins()
    const rootOf = (type: string, id: string): string =>
      plugins.find(plugin => plugin.type === type && plugin.id === id)?.root ?? ''
    return {
      content: rootOf('io.containerd.content.v1', 'content'),
      snapshots: rootOf('io.containerd.snapshotter.v1', snapshotter),
    }
  }
  const fingerprint = async (digest: string): Promise<string> =>
    await imageFingerprint(files, await roots(), { digest, arch: machineArch() })
  const damage = async (digest: string, scope?: DamageScope): Promise<ImageDamage> =>
    await imageDamage(files, await roots(), { digest, arch: machineArch() }, scope)
  return {
    ...api,
    ...ctrCommands(processes, socket),
    socket,
    answers: async () => (await state()) === 'answers',
    state,
    images: async () => withContents(await api.imageNames(), services, machineArch()),
    async isWhole(name, undamaged) {
      const [image] = await withContents([name], services, machineArch())
      return (
        image?.complete === true && image.unpacked && !isDamaged(await damage(name.digest, { undamaged }))
      )
    },
    damage,
    fingerprint,
    // A power cut soon after an import can leave empty files in a layer that containerd takes for whole, and a second
    // import does not repair it (containerd #5854, #10457).
    flush: async () => void (await processes.run('sync', [], { timeoutMs: 300_000 })),
    async config(signal) {
      const dump = await processes.attempt('containerd', ['config', 'dump'], {
        timeoutMs: 300_000,
        ...(signal && { signal }),
      })
      if (dump.exitCode === 0) return { config: parseContainerdConfig(dump.stdout) }
      const [problem = ''] = dump.stderr.trim().split('\n').slice(-1)
      return { config: parseContainerdConfig(''), problem }
    },
    damagedUuid: root =>
      damagedUuid(files, root, () => services.ask('introspection.v1.Introspection/Server')),
    async runcVersion(signal) {
      const { stdout } = await processes.run('runc', ['--version'], { timeoutMs: 300_000, signal })
      return stdout.split('\n')[0] ?? ''
    },
  }
}
