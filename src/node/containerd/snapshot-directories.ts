import type { Files } from '../files.ts'
import { containerdNamespace } from '../paths.ts'
import { CommandError } from '../processes/command-error.ts'
import { type BoltEntry, readBolt } from './bolt.ts'

/** A commit between two reads of the file can make it look damaged. */
const attempts = 3

/**
 * The directories of the snapshots of a snapshotter, by name. containerd names them only for a snapshot that it mounts,
 * so they come from the snapshotter's database in `root` (containerd 1.4 to 2.2, snapshots/storage/bolt.go; the names in
 * it are `NAMESPACE/NUMBER/NAME`, metadata/snapshot.go). Empty when there is none. Throws CommandError when it is
 * unreadable.
 */
export async function snapshotDirectories(files: Files, root: string): Promise<Map<string, string>> {
  const path = `${root}/metadata.db`
  for (let attempt = 1; ; attempt++) {
    const bytes = await files.bytes(path)
    try {
      return bytes ? namesIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), root) : new Map()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (attempt === attempts) throw new CommandError(`cannot read ${path}: ${error.message}`)
    }
  }
}

function namesIn(database: Buffer, root: string): Map<string, string> {
  const snapshots = bucketAt(bucketAt(readBolt(database), 'v1'), 'snapshots')
  const ours = snapshots.flatMap(({ key, bucket }) => {
    const [, namespace, number, name = ''] = /^([^/]+)\/(\d+)\/(.*)$/s.exec(key) ?? []
    const id = bucket?.().find(entry => entry.key === 'id')?.value
    return namespace === containerdNamespace && id ? [{ number: Number(number), name, id: uvarint(id) }] : []
  })
  // A removed snapshot stays until containerd collects it; the one that replaces it has a higher number.
  return new Map(
    ours
      .toSorted((one, other) => one.number - other.number)
      .map(({ name, id }) => [name, `${root}/snapshots/${id}/fs`]),
  )
}

const bucketAt = (entries: readonly BoltEntry[], key: string): BoltEntry[] =>
  entries.find(entry => entry.key === key)?.bucket?.() ?? []

/** Go's encoding/binary: seven bits per byte, the lowest first. */
const uvarint = (bytes: Buffer): number =>
  bytes.reduce((value, byte, index) => value + (byte & 127) * 128 ** index, 0)
