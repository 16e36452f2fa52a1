import { Flags } from '@oclif/core'
import { formatBytes } from '../../format.ts'
import { parseAge } from '../../images/age.ts'
import { type Pruned, pruneCache } from '../../images/cache-contents.ts'
import { cacheDirectory, cacheFlag } from '../../ui/cache-flag.ts'
import { EdgekitCommand } from '../../ui/command.ts'

export default class CachePrune extends EdgekitCommand {
  static override summary = 'Remove from the cache of images what has not been used lately'
  static override examples = ['edgekit cache prune', 'edgekit cache prune --older-than 12h']
  static override flags = {
    cache: cacheFlag,
    'older-than': Flags.string({
      default: '30d',
      helpValue: 'AGE',
      description: 'keep what a build used within this time (30d, 12h, 90m; 0 removes everything)',
    }),
  }

  async run(): Promise<Pruned> {
    const { flags } = await this.parse(CachePrune)
    const pruned = await pruneCache(cacheDirectory(flags.cache), parseAge(flags['older-than']))
    const { directory, removed, freed, kept } = pruned
    this.say(`${directory}: removed ${removed} blobs (${formatBytes(freed)}), kept ${kept}`)
    return pruned
  }
}
