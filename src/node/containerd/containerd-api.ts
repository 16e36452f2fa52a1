import { type ContainerdServices, snapshotter } from './containerd-services.ts'
import { encodeText, messagesIn, numberIn, textIn } from './protobuf.ts'

/** What containerd says of itself, without a process of `ctr` for each question. */
export interface ContainerdApi {
  version(): Promise<string>
  tasks(): Promise<Task[]>
  containers(): Promise<ContainerdContainer[]>
  plugins(): Promise<Plugin[]>
  snapshots(): Promise<Snapshot[]>
  imageNames(): Promise<ImageName[]>
  leases(): Promise<Lease[]>
}

/** What containerd knows of an image without looking at its content. */
export interface ImageName {
  reference: string
  digest: string
  pinned: boolean
}

/** What keeps content in containerd while somebody brings it, for a day at most when that was cut off. */
export interface Lease {
  id: string
  /** Milliseconds since 1970, of a whole second. */
  created: number
}

export interface Task {
  container: string
  pid: number
  /** `RUNNING`, `STOPPED`, `PAUSED`, … */
  status: string
}

export interface ContainerdContainer {
  id: string
  /** The name of the image that it was made from. */
  image: string
}

export interface Plugin {
  type: string
  id: string
  /** `ok`, `error`, `skip` */
  status: string
}

export interface Snapshot {
  key: string
  /** `Committed`: a layer of an image; `Active`: what a container writes. */
  kind: string
}

/** containerd's CRI plugin and the kubelet's image collector leave images with this label alone (containerd >= 1.6.25, >= 1.7.10, 2.x). */
export const pinnedLabel = 'io.cri-containerd.pinned'
/** A code of gRPC: this machine has not what the plugin needs, zfs say. */
const unimplemented = 12

const taskStates = ['UNKNOWN', 'CREATED', 'RUNNING', 'STOPPED', 'PAUSED', 'PAUSING']
const snapshotKinds = ['Unknown', 'View', 'Active', 'Committed']

/** To be asked only when containerd answers. All throw CommandError. */
export function containerdApi({ ask, list }: ContainerdServices): ContainerdApi {
  return {
    async version() {
      const [answer] = await ask('version.v1.Version/Version')
      return (answer && textIn(answer, 1)) || 'unknown'
    },
    tasks: async () =>
      (await list('tasks.v1.Tasks/List')).map(task => ({
        container: textIn(task, 2),
        pid: numberIn(task, 3),
        status: taskStates[numberIn(task, 4)] ?? 'UNKNOWN',
      })),
    containers: async () =>
      (await list('containers.v1.Containers/List')).map(container => ({
        id: textIn(container, 1),
        image: textIn(container, 3),
      })),
    plugins: async () =>
      (await list('introspection.v1.Introspection/Plugins')).map(plugin => {
        const [failure] = messagesIn(plugin, 7)
        const skipped = failure && numberIn(failure, 1) === unimplemented
        return {
          type: textIn(plugin, 1),
          id: textIn(plugin, 2),
          status: failure ? (skipped ? 'skip' : 'error') : 'ok',
        }
      }),
    snapshots: async () =>
      (await list('snapshots.v1.Snapshots/List', encodeText(1, snapshotter))).map(snapshot => ({
        key: textIn(snapshot, 1),
        kind: snapshotKinds[numberIn(snapshot, 3)] ?? 'Unknown',
      })),
    imageNames: async () =>
      (await list('images.v1.Images/List')).map(image => ({
        reference: textIn(image, 1),
        digest: messagesIn(image, 3).map(target => textIn(target, 2))[0] ?? '',
        pinned: messagesIn(image, 2).some(
          label => textIn(label, 1) === pinnedLabel && textIn(label, 2) === 'pinned',
        ),
      })),
    leases: async () =>
      (await list('leases.v1.Leases/List')).map(lease => ({
        id: textIn(lease, 1),
        created: (messagesIn(lease, 2).map(time => numberIn(time, 1))[0] ?? 0) * 1000,
      })),
  }
}
