import type { ReadEntry } from 'tar/read-entry'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { eachEntry } from '../../oci/layer/layer.ts'
import { checkedMember } from '../../tar/entries.ts'

/**
 * Go through the entries of a tar, packed with gzip, zstd or not at all. Throws EdgekitError when it cannot be read, or has
 * what no honest tool writes; `name` is what the person knows the archive by.
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
    throw new EdgekitError(`${name} cannot be unpacked: ${messageOf(error)}`, {
      code: 'archive-unusable',
      cause: error,
      remedy:
        (error instanceof EdgekitError && error.remedy) ||
        'Expected is a tar archive, packed with gzip, zstd or not at all.',
    })
  }
}
