import { messageOf } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import type { Collector } from './collector.ts'
import { readNodeConfig } from './edgecore-config.ts'

export interface EdgecoreDatabaseFacts {
  path: string
  /** In bytes; undefined when the file does not exist. */
  size: number | undefined
  /** Whether it has the header of an SQLite database. */
  isDatabase: boolean
  /** Whether the cloud has ever registered this node; undefined when the database cannot be read. */
  wasRegistered: boolean | undefined
  /**
   * The latest heartbeat of this node that the cloud has answered, milliseconds since 1970 by the clock of the node, rounded
   * down to a second.
   */
  reportedAt?: number
  /** Why the database cannot be read. */
  problem?: string
}

/** The header of every SQLite database (sqlite.org/fileformat2.html, 1.3.1). */
const magic = Buffer.from('SQLite format 3\0')

/** Whether a file exists and has the header of an SQLite database. */
export async function isSqlite(path: string, files: Files): Promise<boolean> {
  const head = (await files.status(path)) && (await files.head(path, magic.length))
  return head !== undefined && magic.equals(head)
}

/** EdgeCore's database, which holds what the cloud sent: the node, its pods and devices. */
export const edgecoreDatabase: Collector<EdgecoreDatabaseFacts> = {
  timeoutMs: 10_000,
  async collect(node) {
    const { config } = await readNodeConfig(node)
    const path = config.database.dataSource.value
    const found = await node.files.status(path)
    const isDatabase = await isSqlite(path, node.files)
    return { path, size: found?.size, isDatabase, ...(await registration(node, path, found?.size ?? 0)) }
  },
}

/**
 * The Node of a registered node is in table `meta` under `default/node/NAME` with the UID of the API server: as the cloud
 * answered in v1.13 and later, inside the whole answer in v1.12. When the API server is away, v1.23 keeps a Node without
 * a UID.
 */
async function registration(
  { sqlite }: Node,
  path: string,
  size: number,
): Promise<Pick<EdgecoreDatabaseFacts, 'wasRegistered' | 'reportedAt' | 'problem'>> {
  if (size === 0) return { wasRegistered: false }
  try {
    const rows = await sqlite.query(path, "SELECT value FROM meta WHERE type = 'node'")
    const registered = rows.flatMap(({ value }) => registeredNodes(String(value)))
    const heartbeats = registered.flatMap(({ status }) =>
      (status?.conditions ?? []).map(({ lastHeartbeatTime }) => Date.parse(String(lastHeartbeatTime))),
    )
    const reportedAt = Math.max(...heartbeats.filter(Number.isFinite))
    return { wasRegistered: registered.length > 0, ...(Number.isFinite(reportedAt) && { reportedAt }) }
  } catch (error) {
    return { wasRegistered: undefined, problem: `${path}: ${messageOf(error)}` }
  }
}

interface StoredNode {
  metadata?: { uid?: unknown }
  /** The kubelet sets the heartbeat of its conditions when it registers, and with each report (5 minutes, or a change). */
  status?: { conditions?: { lastHeartbeatTime?: unknown }[] }
  Object?: StoredNode
}

/** The Node in this value, if the API server has given it a UID. */
function registeredNodes(value: string): StoredNode[] {
  try {
    const node = JSON.parse(value) as StoredNode | null
    return [node, node?.Object].flatMap(found =>
      found && typeof found.metadata?.uid === 'string' && found.metadata.uid !== '' ? [found] : [],
    )
  } catch {
    return []
  }
}
