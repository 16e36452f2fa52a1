import { dirname, resolve } from 'node:path'
import type { Access, Files } from '../../node/files.ts'
import type { Action } from '../action.ts'

export interface EdgecoreCopySpec {
  /** Path of edgecore.yaml. */
  config: string
  /** Path of EdgeCore's database. */
  database: string
}

/** A copied file. */
interface CopiedFile {
  /** Where it belongs; the target of a symbolic link. */
  path: string
  /** The copy, readable by root only. */
  backup: string
  sha256: string
  access: Access
}

/** What an upgrade has kept of EdgeCore. Plain data without contents. */
export interface EdgecoreCopy {
  /** When, in ISO 8601. */
  at: string
  /** Null where there was no file. */
  config: CopiedFile | null
  /** Where the database is, whether it exists or not. */
  databasePath: string
  /** The database with its rollback journal or write-ahead log; empty on a node that never started. */
  database: CopiedFile[]
}

/** What SQLite keeps beside a database that was not closed cleanly (sqlite.org/tempfiles.html). */
export const journalSuffixes = ['-journal', '-wal', '-shm'] as const

/** EdgeCore must be stopped: a copy of a database in use is not one that SQLite can open. */
async function copyOf(
  path: string,
  files: Files,
  backUp: (path: string) => Promise<string>,
): Promise<CopiedFile | null> {
  const found = await files.status(path)
  if (!found) return null
  const { kind, mode, uid, gid } = found
  if (kind !== 'file') throw new Error(`cannot copy ${path}: it is not a file`)
  const backup = await backUp(path)
  const sha256 = await files.sha256(backup)
  if (sha256 !== (await files.sha256(path)))
    throw new Error(`cannot copy ${path}: it changed meanwhile; something has started EdgeCore`)
  return { path, backup, sha256, access: { mode, uid, gid } }
}

/** The file itself, when the path is a symbolic link: data directories move to larger disks. */
async function realPath(path: string, files: Files, links = 8): Promise<string> {
  if (links === 0 || (await files.status(path))?.kind !== 'symlink') return path
  return realPath(resolve(dirname(path), await files.linkTarget(path)), files, links - 1)
}

/** The copies that are missing or damaged, each with its path. Read-only. */
export async function damagedCopies({ config, database }: EdgecoreCopy, files: Files): Promise<string[]> {
  const copies = [...(config ? [config] : []), ...database]
  const hashes = await Promise.all(copies.map(({ backup }) => files.sha256(backup).catch(() => undefined)))
  return copies.filter(({ sha256 }, index) => hashes[index] !== sha256).map(({ backup }) => backup)
}

/**
 * Keeps edgecore.yaml and EdgeCore's database while EdgeCore is stopped. Reverting restores edgecore.yaml, which only
 * EdgeCore and edgekit write; the database is restored by a rollback when EdgeCore does not run with the one that is
 * there, because the cloud does not send again what it has sent since (seen with v1.22.2 and v1.23.1).
 */
export const edgecoreCopy: Action<EdgecoreCopySpec, EdgecoreCopy> = {
  kind: 'edgecore-copy',
  describe: ({ config, database }) => `Copy ${database} and ${config}`,
  // A plan has this step only when it replaces EdgeCore; a copy of an interrupted run is kept.
  inspect: async () => 'needed',
  async capture({ config, database }, { files }, backUp) {
    const databasePath = await realPath(database, files)
    const copies = [databasePath, ...journalSuffixes.slice(0, 2).map(suffix => databasePath + suffix)]
    const found: CopiedFile[] = []
    for (const path of copies) {
      const copied = await copyOf(path, files, backUp)
      if (copied) found.push(copied)
    }
    return {
      at: new Date().toISOString(),
      config: await copyOf(await realPath(config, files), files, backUp),
      databasePath,
      database: found,
    }
  },
  // `capture` has copied, and read what it wrote.
  apply: async () => 'done',
  async revert(_, { config }, { files }) {
    if (!config) return
    await files.write(
      config.path,
      { copyOf: config.backup, sha256: config.sha256, keepTime: true },
      config.access,
    )
  },
}
