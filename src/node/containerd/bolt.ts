/** A key of a bucket with its value, or with the bucket below it. */
export interface BoltEntry {
  key: string
  value: Buffer
  /** The entries of a nested bucket; undefined for a plain value. */
  bucket: (() => BoltEntry[]) | undefined
}

const magic = 0xed0cdaed
const version = 2
const headerSize = 16
const elementSize = 16
const flag = { branch: 1, leaf: 2, bucket: 1 } as const

/**
 * The root bucket of a bolt database (go.etcd.io/bbolt, internal/common: page.go, meta.go, bucket.go), which a running
 * program may be writing: it never overwrites what the last commit refers to. Throws RangeError for anything else.
 */
export function readBolt(file: Buffer): BoltEntry[] {
  const { pageSize, root } = lastCommit(file)
  const pageAt = (id: number): Buffer => {
    const page = file.subarray(id * pageSize)
    if (page.length < headerSize || Number(page.readBigUInt64LE(0)) !== id)
      throw new RangeError(`page ${id} is damaged`)
    return page
  }
  const entriesOf = (page: Buffer): BoltEntry[] => {
    const kind = page.readUInt16LE(8)
    const elements = Array.from({ length: page.readUInt16LE(10) }, (_, index) =>
      page.subarray(headerSize + index * elementSize),
    )
    if (kind === flag.branch)
      return elements.flatMap(element => entriesOf(pageAt(Number(element.readBigUInt64LE(8)))))
    if (kind !== flag.leaf) throw new RangeError('a page is damaged')
    return elements.map(entryOf)
  }
  const entryOf = (element: Buffer): BoltEntry => {
    const keyAt = element.readUInt32LE(4)
    const valueAt = keyAt + element.readUInt32LE(8)
    const value = element.subarray(valueAt, valueAt + element.readUInt32LE(12))
    const isBucket = (element.readUInt32LE(0) & flag.bucket) !== 0
    return {
      key: element.toString('utf8', keyAt, valueAt),
      value,
      bucket: isBucket ? () => entriesOf(bucketPage(value)) : undefined,
    }
  }
  /** A small bucket is inside its value and has no page of its own. */
  const bucketPage = (value: Buffer): Buffer => {
    const page = Number(value.readBigUInt64LE(0))
    return page === 0 ? value.subarray(headerSize) : pageAt(page)
  }
  return entriesOf(pageAt(root))
}

/** The first two pages describe the last two commits; the later one may be half written. */
function lastCommit(file: Buffer): { pageSize: number; root: number } {
  const pageSize = file.readUInt32LE(headerSize + 8)
  const commits = [0, pageSize].flatMap(at => {
    const meta = file.subarray(at + headerSize, at + headerSize + 64)
    if (meta.length < 64 || meta.readUInt32LE(0) !== magic || meta.readUInt32LE(4) !== version) return []
    if (meta.readBigUInt64LE(56) !== fnv1a(meta.subarray(0, 56))) return []
    return [{ pageSize, root: Number(meta.readBigUInt64LE(16)), transaction: meta.readBigUInt64LE(48) }]
  })
  const [last] = commits.toSorted((one, other) => Number(other.transaction - one.transaction))
  if (!last) throw new RangeError('not a bolt database')
  return last
}

/** The 64-bit hash of Fowler, Noll and Vo, variant 1a. */
const fnv1a = (bytes: Buffer): bigint =>
  bytes.reduce(
    (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
    0xcbf29ce484222325n,
  )
