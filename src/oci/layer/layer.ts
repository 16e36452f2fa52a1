import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Parser } from 'tar/parse'
import type { ReadEntry } from 'tar/read-entry'
import { detachBuffer } from '../../lib/detach-buffer.ts'
import { rechunk } from '../../tar/rechunk.ts'
import { isZstd, oneFrameAtATime } from '../../tar/zstd-frames.ts'

/** Bytes, a whole number of tar blocks; with the 16 KiB that zlib takes by itself the way to its thread and back costs more than the unpacking. */
const chunkSize = 128 * 1024

/**
 * Go through the entries of a layer in their order. `visit` may read an entry's content by listening for `data`, whose
 * memory is used again afterwards; what it leaves is skipped. Nothing is ever unpacked. Returns the size of the layer's tar in bytes.
 */
export async function eachEntry(path: string, visit: (entry: ReadEntry) => void): Promise<number> {
  let size = 0
  await unpack(path, async tar => {
    size = await parseTar(path, tar, visit)
  })
  return size
}

/** By the first bytes and not by the media type: registries serve layers whose type says otherwise. */
export async function layerKind(path: string): Promise<'gzip' | 'zstd' | 'tar'> {
  const start = await firstBytes(path)
  if (start.readUInt16BE() === 0x1f8b) return 'gzip'
  return isZstd(start) ? 'zstd' : 'tar'
}

/** The digest of a layer's content when it is unpacked: the `diff_id` in the image's config. */
export async function unpackedDigest(path: string): Promise<string> {
  const hash = createHash('sha256')
  await unpack(path, async tar => {
    for await (const chunk of tar) hash.update(chunk)
  })
  return `sha256:${hash.digest('hex')}`
}

async function unpack(path: string, read: (tar: AsyncIterable<Buffer>) => Promise<void>): Promise<void> {
  const kind = await layerKind(path)
  const [one, other, unpacked] = [freshChunk(), freshChunk(), freshChunk()] as const
  const packed = reusedChunks(path, [one, other])
  const inChunks = (pieces: AsyncIterable<Buffer<ArrayBuffer>>) => rechunk(pieces, unpacked)
  if (kind === 'gzip') await pipeline(packed, createGunzip({ chunkSize }), inChunks, read)
  else if (kind === 'zstd')
    await pipeline(packed, oneFrameAtATime, createZstdDecompress({ chunkSize }), inChunks, read)
  else await pipeline(packed, read)
  // Not after an error: a thread may still be at work on them.
  for (const buffer of [one, other, unpacked]) detachBuffer(buffer)
}

const freshChunk = (): Buffer<ArrayBuffer> => Buffer.allocUnsafeSlow(chunkSize)

/**
 * The bytes of a file for a stream that is done with a chunk when it asks for the next but one, as zlib is: it takes no
 * more than one chunk of this size at a time. Memory for each would pile up until the garbage collector looks at it.
 */
async function* reusedChunks(path: string, buffers: readonly [Buffer, Buffer]): AsyncGenerator<Buffer> {
  await using file = await open(path)
  for (let number = 0; ; number++) {
    const buffer = buffers[(number & 1) as 0 | 1]
    const { bytesRead } = await file.read(buffer, 0, chunkSize, null)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

async function parseTar(
  path: string,
  tar: AsyncIterable<Buffer>,
  visit: (entry: ReadEntry) => void,
): Promise<number> {
  let size = 0
  const parser = new Parser({
    // The digest of the layer was checked when it was fetched, and a tar that is almost empty packs very well.
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    // "Unrecognized archive format" is not among them: that is what the parser says of a layer without entries.
    onwarn: (_, message) => {
      if (!/^(?:Truncated|checksum failure)/.test(String(message))) return
      throw new Error(`layer ${path} is not a whole tar archive: ${String(message)}`)
    },
    onReadEntry: entry => {
      visit(entry)
      entry.resume()
    },
  })
  for await (const chunk of tar) {
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
