import { ThreadedHash } from '../hash-thread.ts'
import type { Stretch } from './stretches.ts'

/** The SHA-256 of stretches one after another. */
export async function hashOf(stretches: readonly Stretch[]): Promise<string> {
  const hash = new ThreadedHash()
  for (const stretch of stretches) {
    hash.add(Buffer.isBuffer(stretch) ? stretch : { path: stretch.path, from: 0, size: stretch.size })
  }
  return await hash.digest()
}
