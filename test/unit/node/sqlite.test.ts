import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { localFiles } from '../../../src/node/files.ts'
import { localSqlite } from '../../../src/node/sqlite.ts'

const sqlite = localSqlite(localFiles())
const create = "CREATE TABLE meta (key, type, value); INSERT INTO meta VALUES ('k', 'node', 'v')"

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'sqlite-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** A database that another program has open, with these statements behind it. */
function open(...statements: string[]): string {
  const path = join(directory(), 'it.db')
  const database = new DatabaseSync(path)
  onTestFinished(() => database.close())
  for (const statement of statements) database.exec(statement)
  return path
}

/** What a crash leaves: the files as they are now. */
function copyOf(path: string): string {
  const copy = join(directory(), 'it.db')
  for (const end of ['', '-wal', '-journal'])
    if (readdirSync(join(path, '..')).includes(`it.db${end}`)) copyFileSync(path + end, copy + end)
  return copy
}

/** All that a reader could leave behind. */
/** Without the time of the memory that a writer in write-ahead mode shares with readers, who mark there what they read. */
const traces = (path: string) =>
  readdirSync(join(path, '..')).map(name => {
    const { size, mtimeMs } = statSync(join(path, '..', name))
    return { name, size, ...(!name.endsWith('-shm') && { mtimeMs }) }
  })

const wal = 'PRAGMA journal_mode = WAL'
/** Written to the disk before it is committed, because it is larger than the cache. */
const half = [
  'PRAGMA cache_size = 1',
  'BEGIN',
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO meta SELECT i, 1, hex(randomblob(300)) FROM n',
]

test.each([
  ['in use', () => open(create), 1],
  ['in use, in write-ahead mode', () => open(wal, create), 1],
  [
    'in the middle of a small transaction',
    () => open(create, 'BEGIN IMMEDIATE', "INSERT INTO meta VALUES ('a', 'node', 'v')"),
    1,
  ],
  ['left by a crash', () => copyOf(open(create)), 1],
  ['closed, in write-ahead mode', () => copyOf(open(wal, create, 'PRAGMA wal_checkpoint(TRUNCATE)')), 1],
  [
    'left by a crash in write-ahead mode',
    () => copyOf(open(wal, create)),
    'it has an unfinished transaction',
  ],
  [
    'left by a crash in a large transaction',
    () => copyOf(open(create, ...half)),
    'it has an unfinished transaction',
  ],
  ['in the middle of a large transaction', () => open(create, ...half), 'another program has locked it'],
  ['without the table', () => open('CREATE TABLE other (key)'), 'it lacks the table'],
  ['missing', () => join(directory(), 'it.db'), 'it cannot be opened'],
  [
    'no database',
    () => {
      const path = join(directory(), 'it.db')
      writeFileSync(path, 'garbage '.repeat(1000))
      return path
    },
    'it is not an SQLite database',
  ],
])('a database %s is read without a trace', async (_, make, expected) => {
  const path = make()
  const before = traces(path)
  const rows = sqlite.query(path, "SELECT value FROM meta WHERE type = 'node'")
  if (typeof expected === 'string') await expect(rows).rejects.toThrow(expected)
  else expect(await rows).toHaveLength(expected)
  expect(traces(path)).toEqual(before)
})
