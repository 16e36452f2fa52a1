import { dirname } from 'node:path'
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { messageOf } from '../../lib/errors.ts'
import { makeDirectories } from '../../lib/make-directories.ts'
import { sqliteReasons, sqliteResult } from '../../node/sqlite.ts'
import * as sql from './sqlite-schema.ts'
import { DatabaseAway, RefusedData } from './store.ts'

/** Other programs read in moments; while this one waits, it does not answer the broker. */
const lockTimeoutMs = 200

export type Row = Record<string, SQLOutputValue>

/** The open file. Every method throws DatabaseAway when it cannot be used now, and RefusedData when it refuses a value. */
export class SqliteDatabase {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Open the file, and create it if it does not exist. Throws anything. */
  static async open(path: string): Promise<SqliteDatabase> {
    await makeDirectories(dirname(path))
    // Part of Node.js 24, but not of 20, on which edgekit can build bundles.
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(path, { timeout: lockTimeoutMs })
    try {
      prepare(database)
      return new SqliteDatabase(database)
    } catch (error) {
      database.close()
      throw error
    }
  }

  prepare(query: string): StatementSync {
    return this.#database.prepare(query)
  }

  transaction<T>(work: () => T): T {
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

  /** Returns how many rows it changed. */
  change(statement: StatementSync, ...values: SQLInputValue[]): number {
    return this.transaction(() => Number(statement.run(...values).changes))
  }

  rows(statement: StatementSync, ...values: SQLInputValue[]): Row[] {
    try {
      return statement.all(...values)
    } catch (error) {
      throw errorOf(error)
    }
  }

  close(): void {
    this.#database.close()
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

/** Why the database cannot be used, in words. */
export function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_BUILTIN_MODULE')
    return 'this Node.js has no SQLite; Node.js 24 or the edgekit executable is required'
  const result = sqliteResult(error)
  return reasons[result] ?? (result === 0 ? messageOf(error) : `SQLite reports error ${result}`)
}
