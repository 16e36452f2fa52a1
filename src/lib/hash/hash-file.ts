import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

/** CRC-32 of an open file: finds damage, not intent, in a tenth of the time of a SHA-256. */
export async function crc32File(file: FileHandle): Promise<number> {
  let crc = 0
  for await (const chunk of chunksOf(file)) crc = crc32(chunk, crc)
  return crc
}

/**
 * SHA-256 (hex) and size (bytes) of an open file. Reads through one buffer: a stream would create as much garbage as the
 * file has bytes.
 */
export async function hashFile(file: FileHandle): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunksOf(file)) {
    hash.update(chunk)
    size += chunk.length
  }
  return { sha256: hash.digest('hex'), size }
}

/** The same buffer again and again. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(1 << 20)
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}
