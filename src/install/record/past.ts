import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { type History, type Journal, readJournal } from './journal.ts'
import { returnCommand } from './previous.ts'
import { type Receipt, readReceipt } from './receipt.ts'

/** What edgekit has done to this node before. */
export interface Past {
  /** The journal of an interrupted run. */
  history: History | undefined
  receipt: Receipt | undefined
}

/** Whether edgekit has installed something, or begun to. */
export const hasPast = async (files: Files): Promise<boolean> =>
  (await Promise.all([paths.receipt, paths.journal].map(path => files.status(path)))).some(Boolean)

/**
 * Reads journal and receipt, each once. A journal whose run the receipt names was interrupted after that run had
 * succeeded, so it has no `history`, unless that run is now being undone. Read-only. Throws EdgekitError when one of them cannot be read.
 */
export async function readPast(files: Files): Promise<Past & { journal: Journal | undefined }> {
  const [text, receipt] = [await files.read(paths.journal), await readReceipt(files)]
  const journal = text === undefined ? undefined : readJournal(text, paths.journal)
  const found = journal?.history
  const isDone = found?.run === receipt?.run && found?.begins.at(-1)?.command !== returnCommand
  const history = isDone ? undefined : found
  return { history, receipt, journal }
}
