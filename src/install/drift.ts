import type { FileSpec } from '../actions/files/file.ts'
import { gone } from '../actions/removal.ts'
import type { ChangedFile, DriftCollector, DriftFacts } from '../facts/drift.ts'
import { EdgekitError } from '../lib/errors.ts'
import type { Files } from '../node/files.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import { trustRecorded } from './plan/trust-recorded.ts'
import { readPast } from './record/past.ts'
import { damageTo, keptOf, readKept } from './record/previous.ts'
import type { Receipt, ReceiptItem } from './record/receipt.ts'
import { differenceOf, interruptedIn } from './status.ts'

/** For everything else the doctor has checks that know more. */
const kinds: readonly string[] = ['file', 'link', 'edgecore-config'] satisfies ChangedFile['kind'][]

/** The part of `edgekit status` about files, in milliseconds. */
export const drift: DriftCollector = {
  timeoutMs: 15_000,
  async collect(node) {
    const past = await readPast(node.files).catch(unreadable)
    if ('unreadable' in past) return { interrupted: null, changed: [], ...past }
    const interrupted = interruptedIn(past, node)
    if (!past.receipt) return interrupted ? { interrupted, changed: [] } : undefined
    const items = past.receipt.items.filter(({ kind, spec }) => kinds.includes(kind) && !isUserOwned(spec))
    const trusting = trustRecorded(items, node)
    const [changed, previous] = await Promise.all([
      Promise.all(items.map(item => changeOf(item, trusting))),
      previousOf(past.receipt, node.files),
    ])
    return {
      interrupted,
      changed: changed.filter(found => found !== undefined),
      ...(previous && { previous }),
    }
  },
}

async function previousOf({ previous }: Receipt, files: Files): Promise<DriftFacts['previous']> {
  if (!previous) return undefined
  const { kubeedgeVersion, at, run } = previous
  const kept = await readKept(previous, files).catch(() => undefined)
  return { kubeedgeVersion, at, damage: kept ? await damageTo(kept, files) : [keptOf(run).directory] }
}

function unreadable(error: unknown): Required<Pick<DriftFacts, 'unreadable'>> {
  if (!(error instanceof EdgekitError)) throw error
  const path = error.code === 'journal-unreadable' ? paths.journal : paths.receipt
  return { unreadable: { path, reason: error.message } }
}

/** A configuration file the user has changed and an upgrade has left alone. */
const isUserOwned = (spec: unknown): boolean => (spec as Partial<FileSpec>).userOwned === true

const isExecutable = (mode: number): boolean => (mode & 0o111) !== 0

async function changeOf(item: ReceiptItem, node: Node): Promise<ChangedFile | undefined> {
  const found = await differenceOf(item, node)
  if (!found) return undefined
  const { what, how } = found
  const { mode = 0 } = item.spec as Partial<FileSpec>
  const status = await node.files.status(what)
  const notExecutable = status?.kind === 'file' && isExecutable(mode) && !isExecutable(status.mode)
  const kind = item.kind as ChangedFile['kind']
  return { path: what, kind, gone: how === gone, how, ...(notExecutable && { notExecutable }) }
}
