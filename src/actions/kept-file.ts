import type { Access, Files } from '../node/files.ts'
import type { BackUp } from './action.ts'

/** A file as it was before a change; null when there was none. */
export type KeptFile = { backup: string; access: Access } | null

export async function keepFile(path: string, files: Files, backUp: BackUp): Promise<KeptFile> {
  const found = await files.status(path)
  if (!found) return null
  const { mode, uid, gid } = found
  return { backup: await backUp(path), access: { mode, uid, gid } }
}

/** Put it back with its mode, its owner and the time of its last change, or remove what came in its place. */
export async function putFileBack(path: string, before: KeptFile, files: Files): Promise<void> {
  if (before) await files.write(path, { copyOf: before.backup, keepTime: true }, before.access)
  else await files.remove(path)
}
