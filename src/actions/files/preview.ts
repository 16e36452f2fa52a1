import type { Files } from '../../node/files.ts'

/** What a file holds: its text, or of one that is no text or a long one, how much. */
export type Shown = { text: string } | { size: number; sha256: string }

/** What a change will make of a file; `before` is undefined where there is none yet. Secrets are hidden. */
export interface Preview {
  path: string
  before: Shown | undefined
  after: Shown
}

/** Bytes. Nobody reads a longer one before an install. */
const longestText = 256 * 1024

/** A file as it can be shown; undefined when there is none. Follows links. */
export async function shownFile(path: string, files: Files): Promise<Shown | undefined> {
  const found = await files.status(path)
  if (!found || found.kind === 'directory') return undefined
  if (found.kind === 'file' && found.size > longestText) return hashed(path, found.size, files)
  const text = await files.read(path)
  if (text === undefined) return undefined
  return /[\0\uFFFD]/.test(text) ? hashed(path, found.size, files) : { text }
}

/** A file that is known to be there. Throws when it is not. */
export async function requireShown(path: string, files: Files): Promise<Shown> {
  const shown = await shownFile(path, files)
  if (!shown) throw new Error(`${path} has gone`)
  return shown
}

const hashed = async (path: string, size: number, files: Files): Promise<Shown> => ({
  size,
  sha256: await files.sha256(path),
})
