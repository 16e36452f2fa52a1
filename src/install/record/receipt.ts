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

const itemSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  /** What was wanted, as the action has it, without where in the unpacked bundle it came from. */
  spec: z.unknown(),
  /** `adopted`: it was there already, as it should be, and is not edgekit's to take away. */
  ownership: z.enum(['created', 'modified', 'adopted']),
  /** What was there before edgekit ever touched it, as the action has it; null for what is adopted. */
  before: z.unknown(),
  /** What edgekit left, where the spec does not say it; null otherwise. */
  after: z.unknown(),
})

// Fields that a newer edgekit adds are kept.
const receiptSchema = z.looseObject({
  schemaVersion: z.literal(1),
  /** The run that wrote it. */
  run: z.string(),
  /** Version of the edgekit that did. */
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
  /** What the person asked for, without secrets. */
  options: z.record(z.string(), z.unknown()),
  items: z.array(itemSchema),
})

/** What edgekit made of this node, and what was there before. */
export type Receipt = z.infer<typeof receiptSchema>
export type ReceiptItem = Receipt['items'][number]

/** What was installed here; undefined when nothing was. Throws EdgekitError when it cannot be understood. */
export async function readReceipt(files: Files): Promise<Receipt | undefined> {
  const text = await files.read(paths.receipt)
  if (text === undefined) return undefined
  try {
    return receiptSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new EdgekitError(
      `${paths.receipt} says what edgekit installed here, and cannot be read: ${messageOf(error)}`,
      {
        code: 'receipt-unreadable',
        remedy: `If it was written by a newer edgekit, use that. If it is damaged, move it away and install again: what is right already is then taken as found, and an uninstall leaves it.\n  mv ${paths.receipt} ${paths.receipt}.damaged`,
        cause: error,
      },
    )
  }
}

/** What a receipt says besides its items. */
export type ReceiptHead = Pick<Receipt, 'edgekit' | 'bundle' | 'options'>

/**
 * The receipt of a node that now is as desired: the journal folded into what was known before. What was there before
 * edgekit ever touched a thing is kept through all later changes.
 */
export async function foldReceipt(
  head: ReceiptHead,
  desired: readonly DesiredStep[],
  history: History,
  previous: Receipt | undefined,
  node: Node,
): Promise<Receipt> {
  const now = new Date().toISOString()
  const known = new Map(previous?.items.map(item => [item.id, item]))
  const changes = history.changes.filter(({ state }) => state !== 'reverted')
  const items = await Promise.all(
    desired.map(async ({ id, kind, spec }): Promise<ReceiptItem | undefined> => {
      const action = actionOf(kind)
      const first = changes.find(change => change.id === id)
      const older = known.get(id)
      const item = { ...older, id, kind, spec: withoutSource(spec) }
      if (!action.ownership) return undefined
      const after = first ? ((await action.fingerprint?.(spec, node)) ?? null) : (older?.after ?? null)
      if (older && older.ownership !== 'adopted')
        return { ...item, ownership: older.ownership, before: older.before, after }
      if (first) return { ...item, ownership: action.ownership(first.before), before: first.before, after }
      return { ...item, ownership: 'adopted', before: null, after }
    }),
  )
  const wanted = new Set(desired.map(({ id }) => id))
  return {
    ...previous,
    schemaVersion: 1,
    run: history.run,
    ...head,
    installedAt: previous?.installedAt ?? now,
    updatedAt: now,
    items: [
      ...(previous?.items.filter(({ id }) => !wanted.has(id)) ?? []),
      ...items.filter(item => item !== undefined),
    ],
  }
}

/** Does it say the same, whenever it was written? */
export function isSameReceipt(one: Receipt | undefined, other: Receipt): boolean {
  const timeless = (receipt: Receipt | undefined): unknown =>
    receipt && JSON.parse(JSON.stringify({ ...receipt, run: '', updatedAt: '' }))
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

/** Where edgekit keeps what it knows of this node. */
export async function makeStateDirectory(files: Files): Promise<void> {
  if (await files.status(paths.state)) return
  await files.makeDirectory(paths.state, { mode: 0o755, uid: 0, gid: 0 })
}
