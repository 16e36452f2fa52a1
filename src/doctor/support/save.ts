import { notWritable, requireOutputFile } from '../../lib/files/output-file.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { factsFile, type SavedFacts } from '../saved-facts.ts'
import { packArchive, type SupportArchive } from './archive.ts'
import { collectSupport } from './collect.ts'

export interface SavedSupport {
  file: string
  bytes: number
  /** The pieces that failed, and why. */
  missing: { file: string; failure: string }[]
  masked: SupportArchive['masked']
}

/** Write a file atomically, owned by the current user. Throws EdgekitError (output-not-writable). */
export async function saveFile(files: Files, path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const access = { mode, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
  await requireOutputFile(path)
  await files.write(path, { bytes }, access).catch(error => {
    throw notWritable(path, error)
  })
}

/** Write a support archive readable only by the current user. `reports` maps file names to reports. */
export async function saveSupport(
  node: Node,
  file: string,
  saved: SavedFacts,
  reports: Readonly<Record<string, unknown>>,
): Promise<SavedSupport> {
  const collected = await collectSupport(node)
  const data = { ...reports, [factsFile]: saved }
  const { bytes, masked } = await packArchive({ collected, data, at: new Date(saved.at) })
  await saveFile(node.files, file, bytes, 0o600)
  return {
    file,
    bytes: bytes.length,
    missing: collected.flatMap(({ file, failure }) => (failure === undefined ? [] : [{ file, failure }])),
    masked,
  }
}
