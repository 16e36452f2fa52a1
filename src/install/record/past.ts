import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { type History, type Journal, readJournal } from './journal.ts'
import { type Receipt, readReceipt } from './receipt.ts'

/** What edgekit has done to this node before. */
export interface Past {
  /** The journal of an interrupted run. */
  history: History | undefined
  receipt: Receipt | undefined
}

/**
 * Reads journal and receipt, each once. A journal whose run the receipt names was interrupted after that run had
 * succeeded, so it has no `history`. Read-only. Throws EdgekitError when one of them cannot be read.
 */
export async function readPast(files: Files): Promise<Past & { journal: Journal | undefined }> {
  const [text, receipt] = [await files.read(paths.journal), await readReceipt(files)]
  const journal = text === undefined ? undefined : readJournal(text, paths.journal)
  const history = journal?.history?.run === receipt?.run ? undefined : journal?.history
  return { history, receipt, journal }
}
