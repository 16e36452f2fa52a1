import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { detachBuffer } from '../../lib/detach-buffer.ts'
import { formatBytes } from '../../lib/format.ts'
import { rechunk } from '../../tar/rechunk.ts'
import { isZstd, oneFrameAtATime } from '../../tar/zstd-frames.ts'

/** Bytes, a multiple of the tar block size. With zlib's default of 16 KiB, switching threads costs more than inflating. */
const chunkSize = 128 * 1024

/**
 * A small layer can unpack to a thousand times its size, so all layers that one operation reads share a limit. The default
 * is more than an edge node stores, and takes about two minutes.
 */
export class UnpackLimit {
  readonly #bytes: number
  readonly #what: string
  #left: number

  constructor(bytes = 32_000_000_000, what = 'unpacked content') {
    this.#bytes = bytes
    this.#what = what
    this.#left = bytes
  }

  /** Throws an Error that completes `cannot read layer: `. */
  spend(bytes: number): void {
    this.#left -= bytes
    if (this.#left < 0) throw new Error(`it has more than ${formatBytes(this.#bytes)} of ${this.#what}`)
  }
}

/**
 * Visit the entries of a layer in order. `visit` can read the content of an entry by listening for `data`; otherwise it is
 * skipped. `onPacked` gets the layer as it is stored, in chunks to use at once. Writes nothing. Returns the size of the layer's tar in bytes. Throws an Error that completes
 * `cannot read layer: ` when the layer is truncated, damaged or too large, and what `visit` throws.
 */
export async function eachEntry(
  path: string,
  visit: (entry: ReadEntry) => void,
  limit: UnpackLimit = new UnpackLimit(),
  onPacked?: (chunk: Buffer) => void,
): Promise<number> {
  let size = 0
  const read = async (tar: AsyncIterable<Buffer>): Promise<void> => {
    size = await parseTar(tar, visit, limit)
  }
  await unpack(path, read, onPacked)
  return size
}

/** Judged by the first bytes, because registries serve layers with wrong media types. */
export async function layerKind(path: string): Promise<'gzip' | 'zstd' | 'tar'> {
  const start = await firstBytes(path)
  if (start.readUInt16BE() === 0x1f8b) return 'gzip'
  return isZstd(start) ? 'zstd' : 'tar'
}

/**
 * Digest of the uncompressed layer, the `diff_id` in the image config.
 * https://github.com/opencontainers/image-spec/blob/main/config.md#layer-diffid
 */
export async function unpackedDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  const limit = new UnpackLimit()
  await unpack(path, async tar => {
    for await (const chunk of tar) {
      limit.spend(chunk.length)
      hash.update(chunk)
    }
  })
  return `sha256:${hash.digest('hex')}`
}

async function unpack(
  path: string,
  read: (tar: AsyncIterable<Buffer>) => Promise<void>,
  onPacked?: (chunk: Buffer) => void,
): Promise<void> {
  const kind = await layerKind(path)
  const [one, other, unpacked] = [freshChunk(), freshChunk(), freshChunk()] as const
  const packed = reusedChunks(path, [one, other], onPacked)
  const inChunks = (pieces: AsyncIterable<Buffer<ArrayBuffer>>) => rechunk(pieces, unpacked)
  try {
    if (kind === 'gzip') await pipeline(packed, createGunzip({ chunkSize }), inChunks, read)
    else if (kind === 'zstd')
      await pipeline(packed, oneFrameAtATime, createZstdDecompress({ chunkSize }), inChunks, read)
    else await pipeline(packed, read)
  } catch (error) {
    throw isOfZlib(error) ? damaged(error) : error
  }
  // Not after an error: a thread may still use them.
  for (const buffer of [one, other, unpacked]) detachBuffer(buffer)
}

/** Whether the disk failed, and not the layer. */
export const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error

/** https://nodejs.org/api/zlib.html#zlib-constants */
const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_ZSTD)/.test(String(error.code))

const damaged = (cause?: unknown): Error => new Error('it is truncated or damaged', { cause })

const freshChunk = (): Buffer<ArrayBuffer> => Buffer.allocUnsafeSlow(chunkSize)

/**
 * The bytes of a file for a stream that is done with a chunk when it asks for the next but one, as zlib is: it takes no
 * more than one chunk of this size at a time. Memory for each would pile up until the garbage collector looks at it.
 */
async function* reusedChunks(
  path: string,
  buffers: readonly [Buffer, Buffer],
  onChunk?: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  await using file = await open(path)
  for (let number = 0; ; number++) {
    const buffer = buffers[(number & 1) as 0 | 1]
    const { bytesRead } = await file.read(buffer, 0, chunkSize, null)
    if (bytesRead === 0) return
    const chunk = buffer.subarray(0, bytesRead)
    onChunk?.(chunk)
    yield chunk
  }
}

async function parseTar(
  tar: AsyncIterable<Buffer>,
  visit: (entry: ReadEntry) => void,
  limit: UnpackLimit,
): Promise<number> {
  let size = 0
  const parser = new Parser({
    // A nearly empty tar compresses extremely well; `limit` bounds what is unpacked.
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    // "Unrecognized archive format" is ignored: the parser warns so for a layer without entries.
    onwarn: (_, message) => {
      if (!/^(?:Truncated|checksum failure)/.test(String(message))) return
      throw damaged()
    },
    onReadEntry: entry => {
      visit(entry)
      entry.resume()
    },
  })
  for await (const chunk of tar) {
    limit.spend(chunk.length)
    size += chunk.length
    if (!parser.write(chunk)) await new Promise(resolve => parser.once('drain', resolve))
  }
  parser.end()
  return size
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    return (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer
  } finally {
    await file.close()
  }
}
