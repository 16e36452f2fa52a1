import type { Interrupted } from '../facts/drift.ts'
import { memoizedNode } from '../facts/memoized-node.ts'
import { messageOf } from '../lib/errors.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'
import { type Past, readPast } from './record/past.ts'
import type { Receipt, ReceiptItem } from './record/receipt.ts'
import { type RunningStatus, runningStatus } from './running-status.ts'
import { removalOf } from './uninstall/removal-of.ts'

interface Difference {
  /** A path, a unit or an image. */
  what: string
  /** A predicate, such as `is gone`. */
  how: string
}

/** What is installed on a node and what has changed since. Plain data without secrets. */
export interface Status {
  installed: Pick<Receipt, 'bundle' | 'edgekit' | 'installedAt' | 'updatedAt' | 'options'> | null
  /** A run that neither finished nor was rolled back. */
  interrupted: Interrupted | null
  /** Undefined where nothing is installed, and for a cloud bundle. */
  running: RunningStatus | undefined
  differences: Difference[]
}

/** Compares a node with its receipt. Read-only. Throws EdgekitError when receipt or journal cannot be read. */
export async function statusOf(node: Node): Promise<Status> {
  const past = await readPast(node.files)
  const interrupted = interruptedIn(past, node)
  if (!past.receipt) return { installed: null, interrupted, running: undefined, differences: [] }
  const { bundle, edgekit, installedAt, updatedAt, options, items } = past.receipt
  const memoized = memoizedNode(node)
  const isEdge = items.some(({ id }) => id === units.broker)
  const [running, ...found] = await Promise.all([
    isEdge ? runningStatus(memoized, past.receipt) : undefined,
    ...items.map(item => differenceOf(item, memoized)),
  ])
  return {
    installed: { bundle, edgekit, installedAt, updatedAt, options },
    interrupted,
    running,
    differences: found.filter(difference => difference !== undefined),
  }
}

export function interruptedIn({ history }: Past, { lock }: Pick<Node, 'lock'>): Interrupted | null {
  const last = history?.begins.at(-1)
  if (!last) return null
  const { pid } = lock.holder() ?? {}
  return { command: last.command, since: last.time, ...(pid !== undefined && { runningAs: pid }) }
}

/** How the node differs in one thing edgekit owns; undefined when it does not. Read-only. */
export async function differenceOf(item: ReceiptItem, node: Node): Promise<Difference | undefined> {
  const removable = removalOf(item)
  if (!removable) return undefined
  const { path, unit, reference } = item.spec as { path?: string; unit?: string; reference?: string }
  // The image of an older bundle, still in use: another image has its name now.
  if (reference !== undefined && reference !== item.id) return undefined
  const what = path ?? unit ?? reference ?? item.id
  try {
    const how = await removable.removal.difference(removable.owned, node)
    return how === undefined ? undefined : { what, how }
  } catch (error) {
    return { what, how: `could not be checked: ${messageOf(error)}` }
  }
}
