/** What a bucket of a bolt database contains. */
export type Bucket = { [key: string]: Buffer | Bucket }

const pageSize = 4096

interface Element {
  isBucket: boolean
  key: string
  value: Buffer
}

const header = (id: number, flags: number, count: number): Buffer => {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(BigInt(id))
  bytes.writeUInt16LE(flags, 8)
  bytes.writeUInt16LE(count, 10)
  return bytes
}

/** A leaf page; small buckets are inside it, as bbolt writes them. */
function leaf(id: number, bucket: Bucket): Buffer {
  const elements = Object.entries(bucket).map(([key, content]): Element => {
    if (Buffer.isBuffer(content)) return { isBucket: false, key, value: content }
    return { isBucket: true, key, value: Buffer.concat([Buffer.alloc(16), leaf(0, content)]) }
  })
  let data = elements.length * 16
  const heads = elements.map(({ isBucket, key, value }, index) => {
    const head = Buffer.alloc(16)
    head.writeUInt32LE(isBucket ? 1 : 0, 0)
    head.writeUInt32LE(data - index * 16, 4)
    head.writeUInt32LE(Buffer.byteLength(key), 8)
    head.writeUInt32LE(value.length, 12)
    data += Buffer.byteLength(key) + value.length
    return head
  })
  const bodies = elements.flatMap(({ key, value }) => [Buffer.from(key), value])
  return Buffer.concat([header(id, 2, elements.length), ...heads, ...bodies])
}

/** A page that refers to these pages. */
function branch(id: number, pages: readonly number[]): Buffer {
  const elements = pages.map(page => {
    const element = Buffer.alloc(16)
    element.writeBigUInt64LE(BigInt(page), 8)
    return element
  })
  return Buffer.concat([header(id, 1, pages.length), ...elements])
}

function meta(id: number, root: number, transaction: number): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32LE(0xed0cdaed, 0)
  bytes.writeUInt32LE(2, 4)
  bytes.writeUInt32LE(pageSize, 8)
  bytes.writeBigUInt64LE(BigInt(root), 16)
  bytes.writeBigUInt64LE(BigInt(transaction), 48)
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes.subarray(0, 56)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  bytes.writeBigUInt64LE(hash, 56)
  return Buffer.concat([header(id, 4, 0), bytes])
}

const onPages = (...pages: Buffer[]): Buffer =>
  Buffer.concat(pages.flatMap(page => [page, Buffer.alloc((pageSize - (page.length % pageSize)) % pageSize)]))

/** A bolt database whose last commit has these entries at its root, each on a page of its own, and the one before none. */
export function boltFile(root: Bucket): Buffer {
  const leaves = Object.entries(root).map(([key, content], index) => leaf(5 + index, { [key]: content }))
  if (leaves.some(({ length }) => length > pageSize)) throw new Error('too much for one page')
  const pages = leaves.map((_, index) => 5 + index)
  return onPages(meta(0, 4, 8), meta(1, 3, 7), header(2, 16, 0), leaf(3, {}), branch(4, pages), ...leaves)
}
