import type { Files } from '../../node/files.ts'

/** A file's text, or size and hash of a binary or long file. */
export type Shown = { text: string } | { size: number; sha256: string }

/** What a change does to a file; `before` is undefined when there is none yet. Secrets are hidden. */
export interface Preview {
  path: string
  before: Shown | undefined
  after: Shown
}

/** Longer texts are shown by size and hash only. */
const maxTextBytes = 256 * 1024

/** Undefined when there is no file. Follows symbolic links. */
export async function shownFile(path: string, files: Files): Promise<Shown | undefined> {
  const found = await files.status(path)
  if (!found || found.kind === 'directory') return undefined
  if (found.kind === 'file' && found.size > maxTextBytes) return hashed(path, found.size, files)
  const text = await files.read(path)
  if (text === undefined) return undefined
  return /[\0\uFFFD]/.test(text) ? hashed(path, found.size, files) : { text }
}

/** Throws an Error when there is no file. */
export async function requireShown(path: string, files: Files): Promise<Shown> {
  const shown = await shownFile(path, files)
  if (!shown) throw new Error(`cannot read ${path}: no such file`)
  return shown
}

const hashed = async (path: string, size: number, files: Files): Promise<Shown> => ({
  size,
  sha256: await files.sha256(path),
})
