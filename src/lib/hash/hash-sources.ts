import type { ByteSource } from '../byte-source.ts'
import { ThreadedHash } from './hash-thread.ts'

/** The SHA-256 of sources one after another. */
export async function hashOf(sources: readonly ByteSource[]): Promise<string> {
  const hash = new ThreadedHash()
  for (const source of sources) {
    hash.add(Buffer.isBuffer(source) ? source : { path: source.path, from: 0, size: source.size })
  }
  return await hash.digest()
}
