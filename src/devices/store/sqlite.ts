import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { makeDirectories } from '../../lib/make-directories.ts'
import { sqliteReasons, sqliteResult } from '../../node/sqlite.ts'
import {
  type DeadLetter,
  deadReport,
  isDead,
  isReport,
  type Message,
  type Report,
} from '../messages/message.ts'
import { mergeReports } from './merge.ts'
import * as sql from './sqlite-schema.ts'
import { DatabaseAway, RefusedData, type Store, type Written } from './store.ts'

export interface SqliteOptions {
  path: string
  /** Create devices that the table lacks. */
  registerUnknown: boolean
  /** Keep every message, too. */
  history: boolean
}

/** Other programs read in moments; while this one waits, it does not answer the broker. */
const lockTimeoutMs = 200

/**
 * Open the database of the service, and create it if it does not exist. Throws EdgekitError (devices-database-unusable).
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  try {
    await makeDirectories(dirname(options.path))
    // Part of Node.js 24, but not of 20, on which edgekit can build bundles.
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(options.path, { timeout: lockTimeoutMs })
    try {
      prepare(database)
      return new SqliteStore(database, options)
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw new EdgekitError(`cannot use the database ${options.path}: ${reasonOf(error)}`, {
      code: 'devices-database-unusable',
      remedy: 'Check the path in "database" of the settings, its permissions, and the disk.',
      cause: error,
    })
  }
}

function prepare(database: DatabaseSync): void {
  database.exec('PRAGMA journal_mode = WAL')
  // With NORMAL, a power cut loses the last commits (sqlite.org/pragma.html#pragma_synchronous).
  database.exec('PRAGMA synchronous = FULL')
  database.exec('BEGIN IMMEDIATE')
  const isEmpty = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0
  if (isEmpty) {
    database.exec(sql.createTables)
    database.exec(`PRAGMA application_id = ${sql.applicationId}; PRAGMA user_version = ${sql.schemaVersion}`)
  }
  database.exec('COMMIT')
  if (numberOf(database, 'PRAGMA application_id') !== sql.applicationId)
    throw new Error('another program created it')
  if (numberOf(database, 'PRAGMA user_version') !== sql.schemaVersion)
    throw new Error('it is from a newer edgekit')
}

const numberOf = (database: DatabaseSync, query: string): number =>
  Number(Object.values(database.prepare(query).get() ?? {})[0])

class SqliteStore implements Store {
  readonly #database: DatabaseSync
  readonly #options: SqliteOptions
  readonly #register: StatementSync
  readonly #change: StatementSync
  readonly #history: StatementSync
  readonly #dead: StatementSync
  readonly #trimDead: StatementSync
  readonly #presence: StatementSync

  constructor(database: DatabaseSync, options: SqliteOptions) {
    this.#database = database
    this.#options = options
    this.#register = database.prepare(sql.registerDevice)
    this.#change = database.prepare(sql.changeDevice)
    this.#history = database.prepare(sql.addHistory)
    this.#dead = database.prepare(sql.addDeadLetter)
    this.#presence = database.prepare('UPDATE device_main SET is_online = ?1 WHERE device_id = ?2')
    this.#trimDead = database.prepare(sql.keepNewestDeadLetters)
  }

  async write(batch: readonly Message[]): Promise<Written> {
    return this.#transaction(() => {
      const unknown = this.#changeDevices(batch.filter(isReport))
      const written: Written = { stored: 0, duplicates: 0, deadLetters: 0, unknown: [...unknown] }
      for (const message of batch) {
        if (isDead(message)) this.#addDead(message, written)
        else if (unknown.has(message.device))
          this.#addDead(deadReport(message, 'the device is unknown'), written)
        else if (!this.#options.history || this.#addHistory(message)) written.stored++
        else written.duplicates++
      }
      if (written.deadLetters > 0) this.#trimDead.run()
      return written
    })
  }

  /** Returns the unknown devices. */
  #changeDevices(reports: readonly Report[]): Set<string> {
    const unknown = new Set<string>()
    for (const { device, lastSeen, lastHeartbeat, report, status, clockSuspect } of mergeReports(reports)) {
      if (this.#options.registerUnknown) this.#register.run(device)
      const { changes } = this.#change.run(
        device,
        lastSeen ?? null,
        lastHeartbeat ?? null,
        report?.value ?? null,
        report?.order ?? null,
        status?.value ?? null,
        status?.order ?? null,
        clockSuspect === undefined ? null : Number(clockSuspect),
      )
      if (changes === 0) unknown.add(device)
    }
    return unknown
  }

  /** Returns false when the history already has it. */
  #addHistory({ device, givenTime, receivedAt, key, topic, clock, text }: Report): boolean {
    const { changes } = this.#history.run(
      device,
      givenTime ?? receivedAt,
      key ?? randomBytes(16),
      topic,
      receivedAt,
      clock === undefined ? null : Number(clock === 'suspect'),
      text,
    )
    return changes === 1
  }

  #addDead({ receivedAt, topic, reason, payload, size }: DeadLetter, written: Written): void {
    this.#dead.run(receivedAt, topic, reason, payload, size)
    written.deadLetters++
  }

  async expireHistory(before: number): Promise<void> {
    const part = this.#database.prepare(sql.expireHistory)
    while (this.#transaction(() => part.run(before).changes) !== 0) await setImmediate()
  }

  async presence(): Promise<Map<string, boolean | undefined>> {
    const rows = this.#database.prepare('SELECT device_id, is_online FROM device_main').all()
    return new Map(
      rows.map(({ device_id: device, is_online: online }) => [
        String(device),
        online === null ? undefined : online === 1,
      ]),
    )
  }

  async setPresence(changes: readonly { device: string; online: boolean | undefined }[]): Promise<void> {
    this.#transaction(() => {
      for (const { device, online } of changes)
        this.#presence.run(online === undefined ? null : Number(online), device)
    })
  }

  async sessionFilters(clientId: string): Promise<string[]> {
    const rows = this.#database
      .prepare('SELECT filter FROM session_filter WHERE client_id = ? ORDER BY filter')
      .all(clientId)
    return rows.map(({ filter }) => String(filter))
  }

  async recordSessionFilters(clientId: string, filters: readonly string[]): Promise<void> {
    this.#transaction(() => {
      this.#database.prepare('DELETE FROM session_filter WHERE client_id = ?').run(clientId)
      const add = this.#database.prepare('INSERT INTO session_filter (client_id, filter) VALUES (?, ?)')
      for (const filter of new Set(filters)) add.run(clientId, filter)
    })
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #transaction<T>(work: () => T): T {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const result = work()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      // Some errors have already rolled it back.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw errorOf(error)
    }
  }
}

const reasons: Readonly<Record<number, string>> = {
  ...sqliteReasons,
  8: 'it is read-only',
  10: 'the disk reports errors',
  13: 'the disk is full',
}
/** Too large, against a constraint, of the wrong type, or out of range. */
const ofData = [18, 19, 20, 25]

function errorOf(error: unknown): unknown {
  const result = sqliteResult(error)
  if (result === 0) return error
  return ofData.includes(result)
    ? new RefusedData(`SQLite reports error ${result}`, { cause: error })
    : new DatabaseAway(reasonOf(error), { cause: error })
}

function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_BUILTIN_MODULE')
    return 'this Node.js has no SQLite; Node.js 24 or the edgekit executable is required'
  const result = sqliteResult(error)
  return reasons[result] ?? (result === 0 ? messageOf(error) : `SQLite reports error ${result}`)
}
