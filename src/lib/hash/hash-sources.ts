import type { ByteSource } from '../byte-source.ts'
import { ThreadedHash } from './hash-thread.ts'

/** SHA-256 (hex) of the concatenated `sources`, computed in the hash thread. */
export async function hashOf(sources: readonly ByteSource[]): Promise<string> {
  const hash = new ThreadedHash()
  for (const source of sources) {
    hash.add(Buffer.isBuffer(source) ? source : { path: source.path, from: 0, size: source.size })
  }
  return await hash.digest()
}
