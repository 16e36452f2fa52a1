import type { Files } from '../node/files.ts'

/** Permissions and owner of a file. */
export interface FileAccess {
  mode: number
  uid: number
  gid: number
}

/** Returns undefined when the file does not exist. */
export async function fileAccess(path: string, files: Files): Promise<FileAccess | undefined> {
  const found = await files.status(path)
  return found && { mode: found.mode, uid: found.uid, gid: found.gid }
}
