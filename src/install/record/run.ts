import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import type { Attempt, Begin, Change, History, Journal, JournalRecord } from './journal.ts'
import { readPast } from './past.ts'
import { keptOf, returnCommand } from './previous.ts'
import {
  makeStateDirectory,
  type PreviousInstall,
  type Receipt,
  readReceipt,
  unfoldReceipt,
  writeReceipt,
} from './receipt.ts'
import { withoutSource } from './spec.ts'

const root = { uid: 0, gid: 0 }

/**
 * A journaled series of changes to this node. It lasts, through interruptions and across processes, until it is closed:
 * committed with a receipt or rolled back.
 */
export interface Run {
  readonly history: History
  /** Starts an attempt and creates the journal. */
  begin(attempt: Attempt): Promise<void>
  /** Keeps a copy of a file and returns the path of the copy. */
  backUp(path: string): Promise<string>
  /** Is on disk before the change is made. `change` is the number of an earlier attempt at the same change. */
  intent(step: DesiredStep, before: unknown, change: number | undefined): Promise<Change>
  /** `after` is the action's fingerprint, or null. */
  done(change: Change, after: unknown): Promise<void>
  reverted(change: Change): Promise<void>
  /** Keeps the receipt of before an upgrade, which the new one names. */
  keepReceipt(previous: Receipt): Promise<PreviousInstall>
  /** The receipt that a rollback leaves: of an upgrade that was finished, the one of before. */
  receiptBefore(receipt: Receipt | undefined): Promise<Receipt | undefined>
  /**
   * Deletes the journal and all backups the receipt does not need; without a receipt, also the empty state directory. The
   * journal of an upgrade stays among its backups.
   */
  close(receipt: Receipt | undefined): Promise<void>
}

export interface OpenedPast {
  /** The interrupted run to continue, if there is one. */
  interrupted: Run | undefined
  receipt: Receipt | undefined
}

/**
 * What happened on this node before, ready to be continued: removes the journal of a run that was interrupted after its
 * receipt was written. Throws EdgekitError when journal or receipt cannot be read.
 */
export async function openPast(node: Node): Promise<OpenedPast> {
  const { journal, history, receipt } = await readPast(node.files)
  if (history) {
    const { sound, text } = journal ?? {}
    return { interrupted: runOf(node, history, sound === text ? undefined : sound), receipt }
  }
  if (journal) await (journal.history ? runOf(node, journal.history, undefined) : newRun(node)).close(receipt)
  return { interrupted: undefined, receipt }
}

/**
 * Opens the finished upgrade of a node to undo it: from now on it is an interrupted run, which `edgekit rollback` continues.
 */
export async function reopen(node: Node, journal: Journal, attempt: Attempt): Promise<OpenedPast> {
  const { run = '' } = journal.history ?? {}
  const begin = {
    record: 'begin',
    journalVersion: 1,
    run,
    ...attempt,
    time: new Date().toISOString(),
  } as const
  const text = `${journal.sound}${JSON.stringify(begin satisfies JournalRecord)}\n`
  await node.files.write(paths.journal, { text }, { mode: 0o600, ...root })
  return openPast(node)
}

export const newRun = (node: Node): Run =>
  runOf(
    node,
    {
      run: `${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}-${randomBytes(2).toString('hex')}`,
      begins: [],
      changes: [],
    },
    undefined,
  )

/** `sound`: what to keep of a journal that ends in the middle of a line. */
function runOf({ files }: Node, history: History, sound: string | undefined): Run {
  let records = Math.max(-1, ...history.changes.flatMap(({ touched, done }) => [touched, done])) + 1
  const append = async (record: JournalRecord, durable: boolean): Promise<number> => {
    await files.append(paths.journal, `${JSON.stringify(record)}\n`, { durable })
    return records++
  }
  const makeDirectory = async (path: string): Promise<void> => {
    if (!(await files.status(path))) await files.makeDirectory(path, { mode: 0o700, ...root })
  }
  const next = (): number => Math.max(0, ...history.changes.map(({ change }) => change)) + 1
  const kept = keptOf(history.run)
  return {
    history,
    async begin(attempt) {
      await makeStateDirectory(files)
      if (sound !== undefined) await files.write(paths.journal, { text: sound }, { mode: 0o600, ...root })
      const begin: Begin = { ...attempt, time: new Date().toISOString() }
      await append({ record: 'begin', journalVersion: 1, run: history.run, ...begin }, true)
      history.begins.push(begin)
    },
    async backUp(path) {
      await makeDirectory(paths.backups)
      await makeDirectory(kept.directory)
      const copy = join(kept.directory, `${next()}-${basename(path)}`)
      await files.write(copy, { copyOf: path, keepTime: true }, { mode: 0o600, ...root })
      return copy
    },
    async intent({ id, kind, spec }, before, change = next()) {
      const written = { change, id, kind, spec: withoutSource(spec), before }
      const at = await append({ record: 'intent', ...written }, true)
      const begun: Change = { ...written, state: 'begun', touched: at, done: -1, after: null }
      const earlier = history.changes.findIndex(earlier => earlier.change === change)
      if (earlier === -1) history.changes.push(begun)
      else history.changes[earlier] = begun
      return begun
    },
    async done(change, after) {
      // Not synced: after a power cut the change is simply repeated.
      change.done = await append({ record: 'done', change: change.change, after }, false)
      change.after = after
      change.state = 'done'
    },
    async reverted(change) {
      change.state = 'reverted'
      // A full disk must not stop a rollback, and reverting twice is harmless.
      change.touched = await append({ record: 'reverted', change: change.change }, false).catch(() => records)
    },
    async keepReceipt({ bundle: { name, kubeedgeVersion } }) {
      await makeDirectory(paths.backups)
      await makeDirectory(kept.directory)
      await files.write(kept.receipt, { copyOf: paths.receipt }, { mode: 0o600, ...root })
      return { run: history.run, name, kubeedgeVersion, at: new Date().toISOString() }
    },
    async receiptBefore(receipt) {
      if (!history.begins.some(({ command }) => command === returnCommand)) return receipt
      const before = await readReceipt(files, kept.receipt)
      // Its backups are already gone: an interrupted rollback has come this far.
      if (!before) return receipt
      const restored = unfoldReceipt(before, history, receipt)
      await writeReceipt(restored, files)
      return restored
    },
    async close(receipt) {
      // A power cut can take the last records of a rollback, which are not synced: with the journal, it starts again, and needs
      // the backups.
      const isRolledBack = history.changes.some(({ state }) => state === 'reverted')
      if (!isRolledBack) await removeBackups(receipt)
      await files.clean(paths.receipt)
      const isKept = receipt?.previous?.run === history.run && receipt.run === history.run
      if (isKept && (await files.status(paths.journal))) await files.rename(paths.journal, kept.journal)
      else await files.remove(paths.journal)
      if (isRolledBack) await removeBackups(receipt)
      // It stays when it is not empty or a file system of its own.
      if (receipt === undefined) await files.remove(paths.state).catch(() => {})
    },
  }

  async function removeBackups(receipt: Receipt | undefined): Promise<void> {
    const needed = JSON.stringify(receipt?.items.map(({ before }) => before) ?? [])
    for (const run of await files.list(paths.backups)) {
      if (run === receipt?.previous?.run) continue
      const directory = join(paths.backups, run)
      for (const name of await files.list(directory)) {
        if (!needed.includes(JSON.stringify(join(directory, name)))) await files.remove(join(directory, name))
      }
      if ((await files.list(directory)).length === 0) await files.remove(directory)
    }
    if ((await files.list(paths.backups)).length === 0) await files.remove(paths.backups)
  }
}
