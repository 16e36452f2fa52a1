import { fields, snapshotKinds, taskStates } from './containerd-fields.ts'
import { type ContainerdServices, snapshotter } from './containerd-services.ts'
import { encodeEntry, encodeField, type Message, mapIn, messagesIn, numberIn, textIn } from './protobuf.ts'

/** What takes one call of containerd's API, without a `ctr` process for each. */
export interface ContainerdApi {
  version(): Promise<string>
  tasks(): Promise<Task[]>
  containers(): Promise<ContainerdContainer[]>
  plugins(): Promise<Plugin[]>
  snapshots(): Promise<Snapshot[]>
  imageNames(): Promise<ImageName[]>
  /** Digests in the content store. */
  content(): Promise<string[]>
  leases(): Promise<Lease[]>
  /** An empty value removes the label. */
  labelImage(reference: string, label: string, value: string): Promise<void>
}

/** An entry of containerd's image store, without a look at its content. */
export interface ImageName {
  reference: string
  digest: string
  pinned: boolean
}

/** Keeps content from being collected while it is imported; it expires after 24 hours at most. */
export interface Lease {
  id: string
  /** Milliseconds since 1970, rounded down to a second. */
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
  /** The reference of its image. */
  image: string
  /** What it writes to, above the snapshots of its image. */
  snapshot: string
  /** Those of a pod's container name the pod. */
  labels: Record<string, string>
}

export interface Plugin {
  type: string
  id: string
  /** `ok`, `error`, `skip` */
  status: string
  /** Its directory, if it has one. */
  root: string
}

export interface Snapshot {
  key: string
  /** The snapshot it is on top of; empty for the lowest. */
  parent: string
  /** `Committed`: a layer of an image; `Active`: what a container writes. */
  kind: string
}

/** containerd's CRI plugin and the kubelet's image collector keep images with this label (containerd >= 1.6.25, >= 1.7.10, 2.x). */
export const pinnedLabel = 'io.cri-containerd.pinned'
/** containerd syncs its database, which waits for a slow disk that has much to write. */
const changeTimeoutMs = 60_000

/** gRPC code UNIMPLEMENTED: the machine lacks what the plugin needs, such as zfs. */
const unimplemented = 12

/** Call these only when containerd answers. All throw CommandError. */
export function containerdApi({ ask, list }: ContainerdServices): ContainerdApi {
  const { VersionResponse, Process, Container, SnapshotInfo, Image, Descriptor, Lease, Timestamp } = fields
  return {
    async version() {
      const [answer] = await ask('version.v1.Version/Version')
      return (answer && textIn(answer, VersionResponse.version)) || 'unknown'
    },
    tasks: async () =>
      (await list('tasks.v1.Tasks/List')).map(task => ({
        container: textIn(task, Process.id),
        pid: numberIn(task, Process.pid),
        status: taskStates[numberIn(task, Process.status)] ?? 'UNKNOWN',
      })),
    containers: async () =>
      (await list('containers.v1.Containers/List')).map(container => ({
        id: textIn(container, Container.id),
        image: textIn(container, Container.image),
        snapshot: textIn(container, Container.snapshotKey),
        labels: mapIn(container, Container.labels),
      })),
    plugins: async () => (await list('introspection.v1.Introspection/Plugins')).map(pluginIn),
    snapshots: async () =>
      (
        await list(
          'snapshots.v1.Snapshots/List',
          encodeField(fields.ListSnapshotsRequest.snapshotter, snapshotter),
        )
      ).map(snapshot => ({
        key: textIn(snapshot, SnapshotInfo.name),
        parent: textIn(snapshot, SnapshotInfo.parent),
        kind: snapshotKinds[numberIn(snapshot, SnapshotInfo.kind)] ?? 'Unknown',
      })),
    imageNames: async () =>
      (await list('images.v1.Images/List')).map(image => ({
        reference: textIn(image, Image.name),
        digest: messagesIn(image, Image.target).map(target => textIn(target, Descriptor.digest))[0] ?? '',
        pinned: mapIn(image, Image.labels)[pinnedLabel] === 'pinned',
      })),
    content: async () =>
      (await list('content.v1.Content/List')).map(blob => textIn(blob, fields.ContentInfo.digest)),
    leases: async () =>
      (await list('leases.v1.Leases/List')).map(lease => ({
        id: textIn(lease, Lease.id),
        created:
          (messagesIn(lease, Lease.createdAt).map(time => numberIn(time, Timestamp.seconds))[0] ?? 0) * 1000,
      })),
    async labelImage(reference, label, value) {
      const image = [
        encodeField(Image.name, reference),
        encodeField(Image.labels, encodeEntry(label, value)),
        // The mask leaves it out, but containerd 1.7 panics when it is absent; `ctr` sends it empty, too.
        encodeField(Image.target, ''),
      ]
      const mask = encodeField(fields.FieldMask.paths, `labels.${label}`)
      const { UpdateImageRequest } = fields
      await ask(
        'images.v1.Images/Update',
        Buffer.concat([
          encodeField(UpdateImageRequest.image, Buffer.concat(image)),
          encodeField(UpdateImageRequest.updateMask, mask),
        ]),
        changeTimeoutMs,
      )
    },
  }
}

function pluginIn(plugin: Message): Plugin {
  const { type, id, exports, initErr } = fields.Plugin
  const [failure] = messagesIn(plugin, initErr)
  const skipped = failure && numberIn(failure, fields.Status.code) === unimplemented
  return {
    type: textIn(plugin, type),
    id: textIn(plugin, id),
    status: failure ? (skipped ? 'skip' : 'error') : 'ok',
    root: mapIn(plugin, exports)['root'] ?? '',
  }
}
