import { releases } from '../../actions/release/index.ts'
import type { Owned, Release } from '../../actions/release/release.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { ReceiptItem } from '../record/receipt.ts'

interface Releasable {
  owned: Owned
  release: Release<unknown, unknown>
}

/**
 * What edgekit owns of an item, and how to take it back; undefined for what it only found and left alone. Throws
 * EdgekitError for a kind of change that only a newer edgekit knows.
 */
export function releasable({ kind, spec, ownership, before, after }: ReceiptItem): Releasable | undefined {
  const release = releases[kind] as Release<unknown, unknown> | undefined
  if (!release) {
    throw new EdgekitError(
      `a newer edgekit was at work on this node: "${kind}" is a change that this one does not know`,
      {
        code: 'newer-edgekit',
        remedy: 'Use the edgekit that was used last: /opt/edgekit/bin/edgekit',
      },
    )
  }
  if (ownership !== 'adopted') return { owned: { spec, ownership, before, after }, release }
  // In a directory of its own there was only what an earlier edgekit had left.
  if (kind !== 'directory' || !(spec as { ours: boolean }).ours) return undefined
  return { owned: { spec, ownership: 'created', before: { made: [], access: null }, after }, release }
}
