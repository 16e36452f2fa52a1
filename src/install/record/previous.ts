import { join } from 'node:path'
import { damagedCopies, type EdgecoreCopy, edgecoreCopy } from '../../actions/files/edgecore-copy.ts'
import type { Files } from '../../node/files.ts'
import { paths } from '../../node/paths.ts'
import { type Journal, readJournal } from './journal.ts'
import { type PreviousInstall, type Receipt, readReceipt } from './receipt.ts'

/** The command that undoes a finished upgrade, as the journal has it. */
export const returnCommand = 'rollback --to-previous'

/** Where an upgrade keeps what it replaced, with its journal and the receipt from before. */
export const keptOf = (run: string) => {
  const directory = join(paths.backups, run)
  return {
    directory,
    journal: join(directory, 'journal.jsonl'),
    receipt: join(directory, 'receipt.json'),
  }
}

/** What the last upgrade has kept to return to. */
export interface Kept {
  journal: Journal
  receipt: Receipt
}

/** Undefined when it is gone. Throws EdgekitError when it cannot be read. Read-only. */
export async function readKept({ run }: PreviousInstall, files: Files): Promise<Kept | undefined> {
  const kept = keptOf(run)
  const [text, receipt] = [await files.read(kept.journal), await readReceipt(files, kept.receipt)]
  return text === undefined || receipt === undefined
    ? undefined
    : { journal: readJournal(text, kept.journal), receipt }
}

/** The backups of a kept run that are gone, and the copies of EdgeCore's files that are damaged. Read-only. */
export async function damageTo({ journal }: Kept, files: Files): Promise<string[]> {
  const changes = journal.history?.changes.filter(({ state }) => state !== 'reverted') ?? []
  const found = await Promise.all(
    changes.map(async ({ kind, before }) => {
      if (kind === edgecoreCopy.kind) return damagedCopies(before as EdgecoreCopy, files)
      const { backup } = (before ?? {}) as { backup?: string }
      return backup === undefined || (await files.status(backup)) ? [] : [backup]
    }),
  )
  return found.flat()
}
