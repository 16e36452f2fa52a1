import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { cacheDirectory, cacheFlag } from '../../cli/flags/cache.ts'
import { parseAge } from '../../cli/quantities/age.ts'
import { formatBytes } from '../../lib/format.ts'
import { pruneCache } from '../../oci/cache/cache-contents.ts'
import type { CachePruneOutput } from '../../ui/json/cache.ts'

export default class CachePrune extends EdgekitCommand {
  static override summary = 'Remove unused content from the image cache'
  static override examples = ['edgekit cache prune', 'edgekit cache prune --older-than 12h']
  static override flags = {
    cache: cacheFlag,
    'older-than': Flags.string({
      default: '30d',
      helpValue: 'AGE',
      description: 'remove what no build has used for this long (30d, 12h, 90m; 0: everything)',
    }),
  }

  async run(): Promise<CachePruneOutput> {
    const { flags } = await this.parse(CachePrune)
    const pruned = await pruneCache(cacheDirectory(flags.cache), parseAge(flags['older-than']))
    const { directory, removed, freed, kept } = pruned
    this.say(`${directory}: removed ${removed} blobs (${formatBytes(freed)}), kept ${kept}`)
    return { schemaVersion: 1, ...pruned }
  }
}
