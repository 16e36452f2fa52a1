import type { FileSpec } from '../actions/files/file.ts'
import { gone } from '../actions/removal.ts'
import type { ChangedFile, DriftCollector } from '../facts/drift.ts'
import type { Node } from '../node/node.ts'
import { trustRecordedHashes } from './plan/trust-recorded-hashes.ts'
import { readPast } from './record/past.ts'
import type { ReceiptItem } from './record/receipt.ts'
import { differenceOf, interruptedIn } from './status.ts'

/** For everything else the doctor has checks that know more. */
const kinds: readonly string[] = ['file', 'link', 'edgecore-config'] satisfies ChangedFile['kind'][]

/** The part of `edgekit status` about files, in milliseconds. */
export const drift: DriftCollector = {
  timeoutMs: 15_000,
  async collect(node) {
    const past = await readPast(node.files)
    const interrupted = interruptedIn(past)
    if (!past.receipt) return interrupted ? { interrupted, changed: [] } : undefined
    const items = past.receipt.items.filter(({ kind, spec }) => kinds.includes(kind) && !isUserOwned(spec))
    const trusting = { ...node, files: trustRecordedHashes(items, node.files) }
    const changed = await Promise.all(items.map(item => changeOf(item, trusting)))
    return { interrupted, changed: changed.filter(found => found !== undefined) }
  },
}

/** A configuration file the user has changed and an upgrade has left alone. */
const isUserOwned = (spec: unknown): boolean => (spec as Partial<FileSpec>).userOwned === true

async function changeOf(item: ReceiptItem, node: Node): Promise<ChangedFile | undefined> {
  const found = await differenceOf(item, node)
  if (!found) return undefined
  const { what, how } = found
  return { path: what, kind: item.kind as ChangedFile['kind'], gone: how === gone, how }
}
