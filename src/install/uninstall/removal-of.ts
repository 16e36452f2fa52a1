import type { Owned, Removal } from '../../actions/removal.ts'
import { actionOf } from '../record/action-of.ts'
import type { ReceiptItem } from '../record/receipt.ts'

interface Removable {
  owned: Owned
  removal: Removal<unknown, unknown>
}

/**
 * What edgekit owns of a receipt item and how to remove it; undefined for what it only found. Throws EdgekitError for a
 * kind of change that only a newer edgekit has.
 */
export function removalOf({ kind, spec, ownership, before, after }: ReceiptItem): Removable | undefined {
  const { removal } = actionOf(kind)
  if (!removal) return undefined
  if (ownership !== 'adopted') return { owned: { spec, ownership, before, after }, removal }
  // An earlier install had left the users of the broker, and only such things were in a directory of edgekit's own.
  if (kind === 'access-file' || kind === 'access-pair')
    return { owned: { spec, ownership: 'created', before: null, after }, removal }
  if (kind !== 'directory' || !(spec as { ours: boolean }).ours) return undefined
  return { owned: { spec, ownership: 'created', before: { made: [], access: null }, after }, removal }
}
