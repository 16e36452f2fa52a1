import type { Access, Files } from '../../node/files.ts'
import type { BackUp } from '../action.ts'

/** What was at a file's path before a change: a regular file, a symbolic link, or nothing. */
export type KeptFile = { backup: string; access: Access } | { linkTo: string } | null

/** Throws an Error when the path is something else, such as a directory. */
export async function keepFile(path: string, files: Files, backUp: BackUp): Promise<KeptFile> {
  const found = await files.status(path)
  if (!found) return null
  if (found.kind === 'symlink') return { linkTo: await files.linkTarget(path) }
  if (found.kind !== 'file') throw new Error(`cannot back up ${path}: it is not a file; move it away`)
  const { mode, uid, gid } = found
  return { backup: await backUp(path), access: { mode, uid, gid } }
}

/** Whether the path is as it was: an uninstall that was killed is repeated. */
export async function isRestored(path: string, before: KeptFile, files: Files): Promise<boolean> {
  const found = await files.status(path)
  if (!before) return !found
  if ('linkTo' in before) return found?.kind === 'symlink' && (await files.linkTarget(path)) === before.linkTo
  return found?.kind === 'file' && (await files.sha256(path)) === (await files.sha256(before.backup))
}

/** Restores content, mode, owner and modification time, or removes a file that was not there before. */
export async function restoreFile(path: string, before: KeptFile, files: Files): Promise<void> {
  if (!before) await files.remove(path)
  else if ('linkTo' in before) await files.link(path, before.linkTo)
  else
    await files.write(path, { copyOf: before.backup, keepTime: true }, before.access).catch(async error => {
      // A full disk can have refused the change, too: then the file is as it was.
      if (!(await isRestored(path, before, files))) throw error
    })
}
