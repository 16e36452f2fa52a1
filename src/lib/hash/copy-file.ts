import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

const chunkBytes = 1 << 20

/** Copy the first `size` bytes of an open file to another and return the SHA-256 (hex) of what was written. */
export async function copyHashing(from: FileHandle, to: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, Math.max(size, 1)))
  for (let done = 0; done < size; ) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, size - done), done)
    if (bytesRead === 0) break
    const chunk = buffer.subarray(0, bytesRead)
    // A thread of Node.js writes while this one hashes.
    const written = writeAll(to, chunk, done)
    hash.update(chunk)
    await written
    done += bytesRead
  }
  return hash.digest('hex')
}

async function writeAll(to: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; )
    written += (await to.write(chunk, written, chunk.length - written, position + written)).bytesWritten
}
