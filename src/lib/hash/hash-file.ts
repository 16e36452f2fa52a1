import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

/**
 * SHA-256 (hex) and size (bytes) of an open file. Reads through one buffer: a stream would create as much garbage as the
 * file has bytes.
 */
export async function hashFile(file: FileHandle): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(1 << 20)
  for (let size = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size)
    if (bytesRead === 0) return { sha256: hash.digest('hex'), size }
    hash.update(buffer.subarray(0, bytesRead))
    size += bytesRead
  }
}
