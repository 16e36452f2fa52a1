import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { info } from './klog.ts'

/** What the cloud answers to a registration: the Node with the UID of the API server, or one without anything. */
export type RegisteredNode = 'whole' | 'empty'

/** The tables that the checks read, as gorm makes them in v1.23 (edge/pkg/metamanager/dao/models). */
const tables =
  'CREATE TABLE IF NOT EXISTS `meta` (`key` text,`type` text,`value` text,PRIMARY KEY (`key`)); CREATE TABLE IF NOT EXISTS `sub_topics` (`topic` text,PRIMARY KEY (`topic`))'

/** EdgeCore's database: what the cloud sent, and the Node as the cloud has registered it. */
export class EdgecoreDatabase {
  readonly #database: DatabaseSync

  /** Opens it, or creates it with its tables. Throws with the words of SQLite. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#database = new DatabaseSync(path)
    // A start with the tables in place writes nothing.
    this.#database.exec(tables)
  }

  /** Keep the Node, as after the answer of the cloud (metamanager/client/node.go, updateNodeDB). */
  register(name: string, what: RegisteredNode): void {
    const metadata = what === 'whole' ? { name, uid: randomUUID() } : {}
    const heartbeat = new Date().toISOString().replace(/\.\d+/, '')
    const conditions =
      what === 'whole' ? [{ type: 'Ready', status: 'True', lastHeartbeatTime: heartbeat }] : []
    const status = { conditions }
    const node = JSON.stringify({ kind: 'Node', apiVersion: 'v1', metadata, spec: {}, status })
    this.#database
      .prepare('INSERT OR REPLACE INTO meta (key, type, value) VALUES (?, ?, ?)')
      .run(`default/node/${name}`, 'node', node)
  }

  hasNode(): boolean {
    return this.#database.prepare("SELECT 1 FROM meta WHERE type = 'node'").get() !== undefined
  }

  close(): void {
    this.#database.close()
  }
}

/** Open the database like EdgeCore, which exits when it cannot. */
export function openDatabase(path: string): EdgecoreDatabase {
  try {
    return new EdgecoreDatabase(path)
  } catch (cause) {
    const reason = String((cause as Error).message)
    process.stderr.write(`\n[error] failed to initialize database, got error ${reason}\n`)
    info('log.go:245', `Failed to connect to DB: ${reason}`)
    process.exit(1)
  }
}

/** Give a node that has joined a database with its Node, unless it has one. */
export function writeRegistration(path: string, name: string): void {
  if (existsSync(path)) return
  const database = new EdgecoreDatabase(path)
  database.register(name, 'whole')
  database.close()
}
