import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Files } from '../../node/files.ts'
import type { Node } from '../../node/node.ts'
import { paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { actionOf } from './action-of.ts'
import type { History } from './journal.ts'
import { withoutSource } from './spec.ts'

export const itemSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  /** The action's spec, without paths in the unpacked bundle. */
  spec: z.unknown(),
  /** `adopted`: it already existed as required; uninstall leaves it alone. */
  ownership: z.enum(['created', 'modified', 'adopted']),
  /** The action's captured state before edgekit first touched it; null when adopted. */
  before: z.unknown(),
  /** The action's fingerprint, or null. */
  after: z.unknown(),
  /** An earlier bundle brought it, and the installed one does not have it. */
  superseded: z.optional(z.literal(true)),
})

// Loose: fields a newer edgekit adds are kept.
const receiptSchema = z.looseObject({
  schemaVersion: z.literal(1),
  /** The run that wrote it. */
  run: z.string(),
  /** Version of edgekit. */
  edgekit: z.string(),
  /** ISO 8601. */
  installedAt: z.string(),
  updatedAt: z.string(),
  bundle: z.looseObject({
    name: z.string(),
    kubeedgeVersion: z.string(),
    arch: z.string(),
    manifestSha256: z.string(),
  }),
  /** The node settings, without secrets. */
  options: z.record(z.string(), z.unknown()),
  items: z.array(itemSchema),
  /** What `edgekit rollback --to-previous` returns to: the run of the upgrade, which keeps its journal and backups. */
  previous: z.optional(
    z.looseObject({ run: z.string(), name: z.string(), kubeedgeVersion: z.string(), at: z.string() }),
  ),
})

/** What edgekit installed on this node, and what was there before. */
export type Receipt = z.infer<typeof receiptSchema>
export type ReceiptItem = Receipt['items'][number]
export type PreviousInstall = NonNullable<Receipt['previous']>

/** Undefined when nothing is installed. Throws EdgekitError when the receipt cannot be read. */
export async function readReceipt(files: Files, path: string = paths.receipt): Promise<Receipt | undefined> {
  const text = await files.read(path)
  if (text === undefined) return undefined
  try {
    return receiptSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new EdgekitError(`cannot read ${path}, the record of what is installed: ${messageOf(error)}`, {
      code: 'receipt-unreadable',
      remedy: `If a newer edgekit wrote it, use that one. Otherwise move it away and install again; uninstall will then leave what is already there:\n  mv ${path} ${path}.damaged`,
      cause: error,
    })
  }
}

/** What the caller decides of a receipt. */
export type ReceiptHead = Pick<Receipt, 'edgekit' | 'bundle' | 'options'>

/**
 * The receipt of a node that is now as desired: the journal folded into the previous receipt. The original state of a
 * thing, from before edgekit first touched it, is kept through all later changes. `others`: what becomes of the items that
 * are not desired, which a change of only a part of the node keeps.
 */
export async function foldReceipt(
  head: ReceiptHead,
  desired: readonly DesiredStep[],
  history: History,
  previous: Receipt | undefined,
  node: Node,
  { others }: { others: 'superseded' | 'kept' } = { others: 'superseded' },
): Promise<Receipt> {
  const now = new Date().toISOString()
  const previousItems = new Map(previous?.items.map(item => [item.id, item]))
  const changes = history.changes.filter(({ state }) => state !== 'reverted')
  const items = await Promise.all(
    desired.map(async ({ id, kind, spec }): Promise<ReceiptItem | undefined> => {
      const action = actionOf(kind)
      const first = changes.find(change => change.id === id)
      const older = previousItems.get(id)
      const { superseded: _, ...known } = older ?? {}
      const item = { ...known, id, kind, spec: withoutSource(spec) }
      if (!action.ownership) return undefined
      const after =
        first || action.fingerprintAlways
          ? ((await action.fingerprint?.(spec, node)) ?? null)
          : (older?.after ?? null)
      if (older && older.ownership !== 'adopted')
        return { ...item, ownership: older.ownership, before: older.before, after }
      if (first) return { ...item, ownership: action.ownership(first.before), before: first.before, after }
      return { ...item, ownership: 'adopted', before: null, after }
    }),
  )
  // Such as a file that was removed.
  const forgotten = new Set(desired.filter(({ kind }) => !actionOf(kind).ownership).map(({ id }) => id))
  return {
    ...previous,
    ...head,
    schemaVersion: 1,
    // `head` can be a whole receipt.
    run: history.run,
    installedAt: previous?.installedAt ?? now,
    updatedAt: now,
    items: merged(
      previous?.items.filter(({ id }) => !forgotten.has(id)) ?? [],
      items.filter(item => item !== undefined),
      others,
    ),
  }
}

/** The items of an earlier receipt and new ones, which replace those of the same id. */
function merged(
  earlier: readonly ReceiptItem[],
  items: readonly ReceiptItem[],
  others: 'superseded' | 'kept',
): ReceiptItem[] {
  const byId = new Map(items.map(item => [item.id, item]))
  if (others === 'superseded')
    return [
      ...earlier.filter(({ id }) => !byId.has(id)).map(item => ({ ...item, superseded: true as const })),
      ...items,
    ]
  const known = new Set(earlier.map(({ id }) => id))
  return [...earlier.map(item => byId.get(item.id) ?? item), ...items.filter(({ id }) => !known.has(id))]
}

/**
 * The receipt from before an upgrade that was undone, with what other runs have added since. Its own way back ended with the
 * upgrade.
 */
export function unfoldReceipt(receipt: Receipt, { changes }: History, now: Receipt | undefined): Receipt {
  const { previous: _, ...before } = receipt
  const known = new Set([...before.items, ...changes].map(({ id }) => id))
  const added = now?.items.filter(({ id, superseded }) => !superseded && !known.has(id)) ?? []
  return { ...before, items: [...before.items, ...added] }
}

/** Whether two receipts differ only in run and time. */
export function isSameReceipt(one: Receipt, other: Receipt): boolean {
  const timeless = (receipt: Receipt): unknown =>
    JSON.parse(JSON.stringify({ ...receipt, run: '', updatedAt: '' }))
  return isDeepStrictEqual(timeless(one), timeless(other))
}

export async function writeReceipt(receipt: Receipt, files: Files): Promise<void> {
  await makeStateDirectory(files)
  await files.write(
    paths.receipt,
    { text: `${JSON.stringify(receipt, null, 2)}\n` },
    { mode: 0o644, uid: 0, gid: 0 },
  )
}

export async function makeStateDirectory(files: Files): Promise<void> {
  if (await files.status(paths.state)) return
  await files.makeDirectory(paths.state, { mode: 0o755, uid: 0, gid: 0 })
}
