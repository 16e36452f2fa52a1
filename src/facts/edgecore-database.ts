import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'

export interface EdgecoreDatabaseFacts {
  path: string
  /** Bytes; undefined when there is no such file. */
  size: number | undefined
  /** Does it begin as a database of SQLite does? */
  isDatabase: boolean
}

/** The first bytes of every database (sqlite.org/fileformat2.html, 1.3.1). */
const magic = Buffer.from('SQLite format 3\0')

/** Where EdgeCore keeps what the cloud has told it: its node, its pods, its devices. */
export const edgecoreDatabase: Collector<EdgecoreDatabaseFacts> = {
  name: 'edgecoreDatabase',
  timeoutMs: 10_000,
  async collect(node) {
    const { config } = await readNodeConfig(node)
    const path = config.database.dataSource.value
    const found = await node.files.status(path)
    const head = found && (await node.files.head(path, magic.length))
    return { path, size: found?.size, isDatabase: head !== undefined && magic.equals(head) }
  },
}
