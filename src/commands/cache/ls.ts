import { EdgekitCommand } from '../../cli/command.ts'
import { cacheDirectory, cacheFlag } from '../../cli/flags/cache.ts'
import { formatBytes } from '../../lib/format.ts'
import { cacheContents } from '../../oci/cache/cache-contents.ts'
import type { CacheLsOutput } from '../../ui/json/cache.ts'

export default class CacheLs extends EdgekitCommand {
  static override summary = 'List the cached images'
  static override description =
    'Lists the digest that each tag had when its registry was last queried; builds with --offline use these.'
  static override flags = { cache: cacheFlag }

  async run(): Promise<CacheLsOutput> {
    const { flags } = await this.parse(CacheLs)
    const contents = await cacheContents(cacheDirectory(flags.cache))
    for (const { reference, digest, asked } of contents.names) {
      this.say(`${reference}\n  ${digest}  ${asked.toISOString().slice(0, 10)}`)
    }
    this.say(`${contents.directory}: ${contents.blobs} blobs, ${formatBytes(contents.size)}`)
    const names = contents.names.map(name => ({ ...name, asked: name.asked.toISOString() }))
    return { schemaVersion: 1, ...contents, names }
  }
}
