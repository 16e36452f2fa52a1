import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'

export interface EdgecoreDatabaseFacts {
  path: string
  /** In bytes; undefined when the file does not exist. */
  size: number | undefined
  /** Whether it has the header of an SQLite database. */
  isDatabase: boolean
}

/** The header of every SQLite database (sqlite.org/fileformat2.html, 1.3.1). */
const magic = Buffer.from('SQLite format 3\0')

/** EdgeCore's database, which holds what the cloud sent: the node, its pods and devices. */
export const edgecoreDatabase: Collector<EdgecoreDatabaseFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { config } = await readNodeConfig(node)
    const path = config.database.dataSource.value
    const found = await node.files.status(path)
    const head = found && (await node.files.head(path, magic.length))
    return { path, size: found?.size, isDatabase: head !== undefined && magic.equals(head) }
  },
}
