import type { FileSpec } from '../actions/files/file.ts'
import { gone } from '../actions/release/release.ts'
import type { ChangedFile, DriftCollector } from '../facts/drift.ts'
import type { Node } from '../node/node.ts'
import { trustReceiptHashes } from './plan/trust-receipt-hashes.ts'
import { type ReceiptItem, readReceipt } from './record/receipt.ts'
import { differenceOf, interruptedSince } from './status.ts'

/** Of what is no file the doctor has checks that know more. */
const kinds: readonly string[] = ['file', 'link', 'edgecore-config'] satisfies ChangedFile['kind'][]

/** The comparison of `edgekit status` with what the last install left on the disk, made in milliseconds. */
export const drift: DriftCollector = {
  timeoutMs: 15_000,
  async collect(node) {
    const receipt = await readReceipt(node.files)
    const interrupted = await interruptedSince(receipt, node)
    if (!receipt) return interrupted ? { interrupted, changed: [] } : undefined
    const items = receipt.items.filter(({ kind, spec }) => kinds.includes(kind) && !isTheirs(spec))
    const looked = { ...node, files: trustReceiptHashes(items, node.files) }
    const changed = await Promise.all(items.map(item => changeOf(item, looked)))
    return { interrupted, changed: changed.filter(found => found !== undefined) }
  },
}

/** A configuration that the user has made his own, and an upgrade has left to him. */
const isTheirs = (spec: unknown): boolean => (spec as Partial<FileSpec>).userOwned === true

async function changeOf(item: ReceiptItem, node: Node): Promise<ChangedFile | undefined> {
  const found = await differenceOf(item, node)
  if (!found) return undefined
  const { what, how } = found
  return { path: what, kind: item.kind as ChangedFile['kind'], gone: how === gone, how }
}
