import { memoizedNode } from '../facts/memoized-node.ts'
import { messageOf } from '../lib/errors.ts'
import type { Node } from '../node/node.ts'
import { paths } from '../node/paths.ts'
import { readHistory } from './record/journal.ts'
import { type Receipt, type ReceiptItem, readReceipt } from './record/receipt.ts'
import { releasable } from './uninstall/release-item.ts'

interface Difference {
  /** A path, a unit or an image. */
  what: string
  how: string
}

/** What edgekit has made of a node, and what has become of it. Plain data without secrets. */
export interface Status {
  installed: Pick<Receipt, 'bundle' | 'edgekit' | 'installedAt' | 'updatedAt' | 'options'> | null
  /** A run that neither came to its end nor was put back. */
  interrupted: { command: string; since: string } | null
  /** How the node differs from what was installed. */
  differences: Difference[]
}

/** Compare a node with its receipt. Only looks. Throws EdgekitError when the receipt or the journal cannot be read. */
export async function statusOf(node: Node): Promise<Status> {
  const receipt = await readReceipt(node.files)
  const interrupted = await interruptedSince(receipt, node)
  if (!receipt) return { installed: null, interrupted, differences: [] }
  const { bundle, edgekit, installedAt, updatedAt, options } = receipt
  const looked = memoizedNode(node)
  const found = await Promise.all(receipt.items.map(item => differenceOf(item, looked)))
  return {
    installed: { bundle, edgekit, installedAt, updatedAt, options },
    interrupted,
    differences: found.filter(difference => difference !== undefined),
  }
}

/** The run that was interrupted, if one was. Throws EdgekitError when the journal cannot be read. */
export async function interruptedSince(
  receipt: Receipt | undefined,
  { files }: Node,
): Promise<Status['interrupted']> {
  const text = await files.read(paths.journal)
  if (text === undefined) return null
  const { history } = readHistory(text, paths.journal)
  const last = history?.begins.at(-1)
  // Only the tidying up after it is missing.
  if (!history || !last || history.run === receipt?.run) return null
  return { command: last.command, since: last.time }
}

/** How the node differs in one thing that edgekit owns; undefined when it does not. Only looks. */
export async function differenceOf(item: ReceiptItem, node: Node): Promise<Difference | undefined> {
  const found = releasable(item)
  if (!found) return undefined
  const { path, unit, reference } = item.spec as { path?: string; unit?: string; reference?: string }
  // The image of an older bundle, still in use: its name belongs to another one now.
  if (reference !== undefined && reference !== item.id) return undefined
  const what = path ?? unit ?? reference ?? item.id
  try {
    const how = await found.release.difference(found.owned, node)
    return how === undefined ? undefined : { what, how }
  } catch (error) {
    return { what, how: `could not be looked at: ${messageOf(error)}` }
  }
}
