import type { Files } from './files.ts'

/** The databases of other programs. */
export interface Sqlite {
  /**
   * The rows of a query. Only reads: it neither creates nor changes a file, and waits 0.2 s for a lock. Throws an Error
   * with the reason in plain words.
   */
  query(path: string, sql: string): Promise<Record<string, unknown>[]>
}

const lockTimeoutMs = 200
/** Two bytes of the header that are 2 in write-ahead mode (sqlite.org/fileformat2.html, 1.3.3). */
const versionsAt = 18

/** What a result code means (sqlite.org/rescode.html) to readers and writers alike. */
export const sqliteReasons: Readonly<Record<number, string>> = {
  5: 'another program has locked it',
  11: 'it is damaged',
  14: 'it cannot be opened',
  26: 'it is not an SQLite database',
}
/** A reader also meets these; the second is a transaction that a crash cut off. */
const reasons: Readonly<Record<number, string>> = {
  ...sqliteReasons,
  1: 'it lacks the table',
  8: 'it has an unfinished transaction',
}

/** The result code of an error, 0 when SQLite has not thrown it. The extended part is left out. */
export const sqliteResult = (error: unknown): number =>
  Number((error as { errcode?: number }).errcode ?? 0) & 0xff

export const localSqlite = (files: Files): Sqlite => ({
  async query(path, sql) {
    // Part of Node.js 24, but not of 20, on which edgekit can build bundles.
    const { DatabaseSync } = await import('node:sqlite')
    const location = await readableLocation(path, files)
    try {
      using database = new DatabaseSync(location, { readOnly: true, timeout: lockTimeoutMs })
      return database.prepare(sql).all()
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number }
      throw new Error(reasons[sqliteResult(error)] ?? `SQLite reports error ${errcode}`)
    }
  },
})

/**
 * How to open a database without a trace. In write-ahead mode, even a reader creates files beside the database, unless its
 * writer has them open; `immutable` avoids that, and is right when nothing waits to be moved into the database.
 */
async function readableLocation(path: string, files: Files): Promise<string | URL> {
  const head = await files.head(path, versionsAt + 2)
  const isWriteAhead = head?.[versionsAt] === 2 || head?.[versionsAt + 1] === 2
  if (!isWriteAhead || (await files.status(`${path}-shm`))) return path
  const waiting = await files.status(`${path}-wal`)
  if (waiting && waiting.size > 0) throw new Error('it has an unfinished transaction')
  const url = new URL('file:')
  url.pathname = path
  url.searchParams.set('immutable', '1')
  return url
}
