import type { Files } from '../node/files.ts'

/** Who may do what with a file. */
export interface FileAccess {
  mode: number
  uid: number
  gid: number
}

/** Undefined when there is no such file. */
export async function fileAccess(path: string, files: Files): Promise<FileAccess | undefined> {
  const found = await files.status(path)
  return found && { mode: found.mode, uid: found.uid, gid: found.gid }
}
