import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type ByteSource, readInChunks } from '../../lib/byte-source.ts'

/**
 * Bytes. Independent pieces of 1 MiB compress in parallel, and are less than 1 % larger than one. Larger ones would keep
 * the threads of Node.js, which read and write files too, busy for too long.
 */
const pieceSize = 1024 * 1024
/** Memory for pieces is used again: to get it from the kernel each time costs more than to fill it. */
const spare: ArrayBuffer[] = []

/** A third faster than level 6, in less memory, and less than 1 % larger, measured on the programs of a bundle. */
const compressed = { level: 5, memLevel: 9, chunkSize: 512 * 1024 }
const stored = { level: 0, chunkSize: pieceSize + 1024 }

interface GzipOptions {
  /** Store the bytes instead of compressing them. */
  isStored?: boolean
  /** Pieces that are compressed at once; Node.js has four threads. */
  concurrency: number
  write: (bytes: Buffer) => Promise<void>
  signal: AbortSignal
}

/**
 * Write sources as gzip members, one for each piece, compressed in parallel: RFC 1952 section 2.2 allows any number, and
 * every gzip reads them as one. Throws what reading and `write` throw, and the reason of `signal`.
 */
export async function writeGzip(
  sources: readonly ByteSource[],
  { isStored = false, concurrency, write, signal }: GzipOptions,
): Promise<void> {
  const settings = isStored ? stored : compressed
  const pieces: Promise<Buffer>[] = []
  let writing = Promise.resolve()
  const writeFirst = async (): Promise<void> => {
    const piece = await pieces.shift()
    await writing
    if (piece) writing = suppressUnhandled(write(piece))
  }
  for await (const bytes of readInChunks(sources, () =>
    Buffer.from(spare.pop() ?? new ArrayBuffer(pieceSize)),
  )) {
    signal.throwIfAborted()
    pieces.push(suppressUnhandled(compress(bytes, settings)))
    if (pieces.length >= concurrency) await writeFirst()
  }
  while (pieces.length > 0) await writeFirst()
  await writing
}

async function compress(
  bytes: Buffer<ArrayBuffer>,
  settings: typeof compressed | typeof stored,
): Promise<Buffer> {
  const result = await promisify<Buffer, typeof settings, Buffer>(gzip)(bytes, settings)
  spare.push(bytes.buffer)
  return result
}

/** A failure must not end the process before the result is awaited. */
function suppressUnhandled<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined)
  return work
}
