import type { Action } from './action.ts'
import { type KeptFile, keepFile, putFileBack } from './kept-file.ts'

export interface DatabaseSpec {
  path: string
}

/** What SQLite may have beside a database, and reads with it (sqlite.org/tempfiles.html, 2.1 to 2.3). */
const parts = ['', '-journal', '-wal', '-shm'] as const

/** Keeps a copy of a database that nobody has open, for whoever goes back to the program that wrote it. */
export const databaseKept: Action<DatabaseSpec, KeptFile[]> = {
  kind: 'database-kept',
  describe: ({ path }) => `Keep a copy of ${path}`,
  inspect: async () => 'done',
  async capture({ path }, { files }, backUp) {
    const kept: KeptFile[] = []
    for (const part of parts) kept.push(await keepFile(path + part, files, backUp))
    return kept
  },
  apply: async () => {},
  async revert({ path }, before, { files }) {
    for (const [index, part] of parts.entries()) await putFileBack(path + part, before[index] ?? null, files)
  },
}
