/**
 * Field numbers of containerd's gRPC API by message: `api/` of containerd v1.4 to v2.3, which agree on all of them. Every
 * response to a `List` call has its entries in field 1.
 */
export const fields = {
  // services/version/v1/version.proto
  VersionResponse: { version: 1 },
  // services/tasks/v1/tasks.proto: the entries are types/task/task.proto
  Process: { id: 2, pid: 3, status: 4 },
  // services/containers/v1/containers.proto
  Container: { id: 1, labels: 2, image: 3, snapshotKey: 7 },
  // services/introspection/v1/introspection.proto
  Plugin: { type: 1, id: 2, exports: 5, initErr: 7 },
  // google/rpc/status.proto
  Status: { code: 1 },
  // services/snapshots/v1/snapshots.proto
  SnapshotInfo: { name: 1, parent: 2, kind: 3 },
  ListSnapshotsRequest: { snapshotter: 1 },
  StatSnapshotRequest: { snapshotter: 1, key: 2 },
  // services/images/v1/images.proto
  Image: { name: 1, labels: 2, target: 3 },
  UpdateImageRequest: { image: 1, updateMask: 2 },
  // google/protobuf/field_mask.proto
  FieldMask: { paths: 1 },
  // types/descriptor.proto
  Descriptor: { digest: 2 },
  // services/leases/v1/leases.proto
  Lease: { id: 1, createdAt: 2 },
  // google/protobuf/timestamp.proto
  Timestamp: { seconds: 1 },
  // services/content/v1/content.proto
  ContentInfo: { digest: 1 },
  ReadContentRequest: { digest: 1 },
  ReadContentResponse: { data: 2 },
} as const

/** types/task/task.proto, enum Status, by number. */
export const taskStates = ['UNKNOWN', 'CREATED', 'RUNNING', 'STOPPED', 'PAUSED', 'PAUSING'] as const
/** services/snapshots/v1/snapshots.proto, enum Kind, by number; spelled as `ctr snapshots ls` does. */
export const snapshotKinds = ['Unknown', 'View', 'Active', 'Committed'] as const
