import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { LockedContent } from '../lock/lock.ts'

/** Size and hash of a local file. Throws EdgekitError when it cannot be read or is not a regular file. */
export async function contentOf(path: string, signal: AbortSignal): Promise<LockedContent> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is not a regular file')
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
      hash.update(chunk)
      size += chunk.length
    }
    return { sha256: hash.digest('hex'), size }
  } catch (error) {
    signal.throwIfAborted()
    throw new EdgekitError(`cannot read ${path}: ${messageOf(error)}`, {
      code: 'file-unreadable',
      cause: error,
      remedy: 'Check the path; in a definition, it is relative to the definition.',
    })
  }
}
