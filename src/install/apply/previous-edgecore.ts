import { type EdgecoreCopy, edgecoreCopy, journalSuffixes } from '../../actions/files/edgecore-copy.ts'
import { stopKnownUnit } from '../../actions/services/unit-running.ts'
import { isSqlite } from '../../facts/edgecore-database.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import type { EdgecoreState, History } from '../record/journal.ts'
import { cloudCheck } from './edgecore-state.ts'

/** EdgeCore as it was before a run. */
export interface PreviousEdgecore {
  /** What it must do again; undefined when it did not run, or the run has not touched it. */
  state: EdgecoreState | undefined
  /** Undefined when the run has not come that far. */
  copy: EdgecoreCopy | undefined
  /** Where a rollback moves the database that the previous EdgeCore does not run with. */
  aside: string
}

export function previousEdgecore({ run, begins, changes }: History): PreviousEdgecore {
  const { up = false, passed = [] } = begins[0]?.edgecoreWas ?? {}
  const touches = ({ kind, spec }: History['changes'][number]): boolean =>
    kind === 'certificates-aside' || (spec as { unit?: string }).unit === units.edgecore
  const found = changes.find(({ kind }) => kind === edgecoreCopy.kind)
  const copy = found?.before as EdgecoreCopy | undefined
  return {
    // The cloud may be away by now.
    state: up && changes.some(touches) ? { up, passed: passed.filter(id => id !== cloudCheck) } : undefined,
    copy,
    aside: `${copy?.databasePath ?? ''}.${run}`,
  }
}

/** Whether there is a copy of a database. */
export const hasDatabase = (copy: EdgecoreCopy | undefined): copy is EdgecoreCopy =>
  copy !== undefined && copy.database.length > 0

/**
 * Whether EdgeCore's database is gone, or no database: EdgeCore would create an empty one, and run without its pods.
 */
export const hasLostDatabase = async ({ copy }: PreviousEdgecore, { files }: Node): Promise<boolean> =>
  hasDatabase(copy) && !(await isSqlite(copy.databasePath, files))

/**
 * Restores EdgeCore's database from its copy. The one that is there, with its journal, is kept aside: SQLite would apply a
 * foreign journal to the copy (seen: "database disk image is malformed"). Repeatable after an interruption, in which EdgeCore
 * may have been started: there is a database at any time.
 */
export async function restoreDatabase({ copy, aside }: PreviousEdgecore, node: Node): Promise<void> {
  if (!copy) return
  const { files } = node
  const { databasePath, database } = copy
  await stopKnownUnit(units.edgecore, node, { alone: true })
  const now = await files.status(databasePath)
  if (now && !(await files.status(aside)))
    await files.write(aside, { copyOf: databasePath, keepTime: true }, now)
  for (const suffix of journalSuffixes)
    if (await files.status(databasePath + suffix)) await files.rename(databasePath + suffix, aside + suffix)
  for (const { path, backup, sha256, access } of database)
    await files.write(path, { copyOf: backup, sha256, keepTime: true }, access)
}
