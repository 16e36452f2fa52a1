import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import {
  type Attempt,
  type Begin,
  type Change,
  type History,
  type JournalRecord,
  readHistory,
} from './journal.ts'
import { makeStateDirectory, type Receipt, readReceipt } from './receipt.ts'
import { withoutSource } from './spec.ts'

const root = { uid: 0, gid: 0 }

/**
 * A change of this node that is under way, and what its journal says. It goes on, through interruptions and by other
 * processes, until it is settled: committed with a receipt, or rolled back.
 */
export interface Run {
  readonly history: History
  /** A new attempt. From now on the journal is there; it makes the directory of edgekit's state if there is none. */
  begin(attempt: Attempt): Promise<void>
  /** Keep a file as it is; the path of the copy, where nothing else is. */
  backUp(path: string): Promise<string>
  /** On disk before the change is made. The number of a change that was begun before says that it is tried again. */
  intent(step: DesiredStep, before: unknown, again: number | undefined): Promise<Change>
  done(change: Change): Promise<void>
  reverted(change: Change): Promise<void>
  /** Remove the journal, every copy of a file that the receipt does not need, and what is left of edgekit's state without one. */
  close(receipt: Receipt | undefined): Promise<void>
}

/** The run that was interrupted; undefined when all is settled. Throws EdgekitError when its journal cannot be read. */
export async function interruptedRun(node: Node): Promise<Run | undefined> {
  const text = await node.files.read(paths.journal)
  if (text === undefined) return undefined
  const { history, sound } = readHistory(text, paths.journal)
  // Killed before it had written a word: nothing has been done.
  const run = history && runOf(node, history, sound === text ? undefined : sound)
  const receipt = await readReceipt(node.files)
  if (run && receipt?.run !== run.history.run) return run
  // Interrupted after the receipt was there: only the tidying up is missing.
  await (run ?? newRun(node)).close(receipt)
  return undefined
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

/** `sound`: what is to be kept of a journal that ends in the middle of a line. */
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
  const backups = join(paths.backups, history.run)
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
      await makeDirectory(backups)
      const copy = join(backups, `${next()}-${basename(path)}`)
      await files.write(copy, { copyOf: path, keepTime: true }, { mode: 0o600, ...root })
      return copy
    },
    async intent({ id, kind, spec }, before, again) {
      const change = again ?? next()
      const written = { change, id, kind, spec: withoutSource(spec), before }
      const at = await append({ record: 'intent', ...written }, true)
      const begun: Change = { ...written, state: 'begun', touched: at, done: -1 }
      const known = history.changes.findIndex(known => known.change === change)
      if (known === -1) history.changes.push(begun)
      else history.changes[known] = begun
      return begun
    },
    async done(change) {
      // Without waiting for the disk: a change that is done once more is as good.
      change.done = await append({ record: 'done', change: change.change }, false)
      change.state = 'done'
    },
    async reverted(change) {
      change.state = 'reverted'
      // A full disk must not keep anything from being put back, and what is put back once more is as good.
      change.touched = await append({ record: 'reverted', change: change.change }, false).catch(() => records)
    },
    async close(receipt) {
      await removeBackups(receipt)
      await files.clean(paths.receipt)
      await files.remove(paths.journal)
      // Where it is not empty, or a file system of its own, it stays.
      if (receipt === undefined) await files.remove(paths.state).catch(() => {})
    },
  }

  async function removeBackups(receipt: Receipt | undefined): Promise<void> {
    const needed = JSON.stringify(receipt?.items.map(({ before }) => before) ?? [])
    for (const run of await files.list(paths.backups)) {
      const directory = join(paths.backups, run)
      for (const name of await files.list(directory)) {
        if (!needed.includes(JSON.stringify(join(directory, name)))) await files.remove(join(directory, name))
      }
      if ((await files.list(directory)).length === 0) await files.remove(directory)
    }
    if ((await files.list(paths.backups)).length === 0) await files.remove(paths.backups)
  }
}
