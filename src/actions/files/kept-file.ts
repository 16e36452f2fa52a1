import type { Access, Files } from '../../node/files.ts'
import type { BackUp } from '../action.ts'

/** What was at the place of a file before a change: a file, a link, or nothing. */
export type KeptFile = { backup: string; access: Access } | { linkTo: string } | null

export async function keepFile(path: string, files: Files, backUp: BackUp): Promise<KeptFile> {
  const found = await files.status(path)
  if (!found) return null
  if (found.kind === 'symlink') return { linkTo: await files.linkTarget(path) }
  if (found.kind !== 'file') throw new Error(`${path} is not a file; move it away first`)
  const { mode, uid, gid } = found
  return { backup: await backUp(path), access: { mode, uid, gid } }
}

/** Put it back with its mode, its owner and the time of its last change, or remove what came in its place. */
export async function putFileBack(path: string, before: KeptFile, files: Files): Promise<void> {
  if (!before) await files.remove(path)
  else if ('linkTo' in before) await files.link(path, before.linkTo)
  else await files.write(path, { copyOf: before.backup, keepTime: true }, before.access)
}
