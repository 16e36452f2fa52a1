import { createHash } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * SHA-256 (hex) of what identifies files and directories with everything in them: names, inode numbers, sizes, and times.
 * It changes whenever a content does, also when a power cut loses what was not synced, and no file is read. What does
 * not exist is part of it. Throws the system error of what cannot be listed.
 */
export async function fingerprintOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) for (const line of await linesOf(path)) hash.update(`${line}\n`)
  return hash.digest('hex')
}

async function linesOf(path: string): Promise<string[]> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  if (!found) return [`${path} absent`]
  const { mode, ino, size, mtimeNs, ctimeNs } = found
  const line = [path, mode, ino, size, mtimeNs, ctimeNs].join(' ')
  if (!found.isDirectory()) return [line]
  const names = (await readdir(path)).toSorted()
  return [line, ...(await Promise.all(names.map(name => linesOf(join(path, name))))).flat()]
}
