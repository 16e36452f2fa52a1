import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { eachEntry } from '../../oci/layer/layer.ts'
import { checkedMember } from '../../tar/entries.ts'

/**
 * Visit the entries of a tar archive, compressed with gzip, zstd or not at all; `name` is its name in messages. Throws
 * EdgekitError when it cannot be read, or contains what only an attack does.
 */
export async function eachSourceEntry(
  archive: string,
  name: string,
  visit: (entry: ReadEntry) => void,
): Promise<void> {
  const seen = new Set<string>()
  try {
    await eachEntry(archive, entry => {
      checkedMember(entry, seen)
      visit(entry)
    })
  } catch (error) {
    throw new EdgekitError(`cannot unpack ${name}: ${messageOf(error)}`, {
      code: 'archive-unusable',
      cause: error,
      remedy:
        (error instanceof EdgekitError && error.remedy) ||
        'Use a tar archive, compressed with gzip, zstd or not at all.',
    })
  }
}
