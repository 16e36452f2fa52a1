import { byDigest, type ImageSpec } from '../../actions/image.ts'
import type { Kept } from '../../actions/removal.ts'
import { messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { brokerContainer, paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { readKept } from '../record/previous.ts'
import { type Receipt, type ReceiptItem, writeReceipt } from '../record/receipt.ts'
import { removalOf } from './removal-of.ts'

/**
 * A receipt in which images that are no longer desired have ids of their own, so that they are not forgotten when
 * another image takes their name.
 */
export function withSuperseded(receipt: Receipt, desired: readonly DesiredStep[]): Receipt {
  const digests = new Map(
    desired.flatMap(({ id, kind, spec }) => (kind === 'image' ? [[id, spec.digest]] : [])),
  )
  const items = receipt.items.map((item): ReceiptItem => {
    if (item.kind !== 'image') return item
    const { reference, digest } = item.spec as ImageSpec
    if (item.id !== reference || digests.get(reference) === digest) return item
    return { ...item, id: `${reference}@${digest}` }
  })
  return { ...receipt, items }
}

/** An image or its archive. */
const isOfImage = ({ kind, id }: ReceiptItem): boolean =>
  kind === 'image' || (kind === 'file' && id.startsWith(`${paths.images}/`))

/** Whether an item is what a receipt has for its bundle: the same image, or an archive at the same path. */
const isOf = (receipt: Receipt, { kind, id, spec }: ReceiptItem): boolean =>
  receipt.items.some(other => {
    if (other.superseded || other.kind !== kind) return false
    if (kind === 'file') return other.id === id
    const [one, two] = [spec as ImageSpec, other.spec as ImageSpec]
    return one.reference === two.reference && one.digest === two.digest
  })

/** All names the desired images have. */
const namesIn = (desired: readonly DesiredStep[]): string[] =>
  desired.flatMap(({ kind, spec }) =>
    kind === 'image' ? [spec.reference, byDigest(spec.reference, spec.digest)] : [],
  )

async function remove(
  superseded: readonly ReceiptItem[],
  receipt: Receipt,
  neededNames: readonly string[],
  node: Node,
): Promise<Kept[]> {
  const containers = (await node.containerd.containers()).filter(({ id }) => id !== brokerContainer)
  const gone = new Set<string>()
  const kept: Kept[] = []
  for (const item of superseded) {
    const found = removalOf(item)
    const stays = found
      ? await found.removal.remove(found.owned, { node, purge: false, containers, neededNames })
      : []
    if (stays.length === 0) gone.add(item.id)
    kept.push(...stays)
  }
  await writeReceipt({ ...receipt, items: receipt.items.filter(({ id }) => !gone.has(id)) }, node.files)
  return kept
}

/**
 * Removes the images older bundles brought and this one does not have, except those that a rollback to the previous bundle
 * needs, and the one containerd starts every pod with. Nothing that works depends on it, so a failure is left for the next install. Returns whether there were any.
 */
export async function removeSuperseded(
  receipt: Receipt,
  desired: readonly DesiredStep[],
  sandboxImage: string | undefined,
  node: Node,
  runStep: RunStep,
): Promise<boolean> {
  const desiredIds = new Set(desired.map(({ id }) => id))
  const isSandbox = ({ spec }: ReceiptItem): boolean =>
    sandboxImage !== undefined && (spec as ImageSpec).reference === sandboxImage
  const kept = receipt.previous && (await readKept(receipt.previous, node.files))
  const superseded = receipt.items.filter(
    item =>
      isOfImage(item) && !desiredIds.has(item.id) && !isSandbox(item) && !(kept && isOf(kept.receipt, item)),
  )
  if (superseded.length === 0) return false
  await runStep('Remove images of older bundles', async note => {
    try {
      const kept = await remove(superseded, receipt, namesIn(desired), node)
      if (kept.length > 0) note(`${kept.length} still in use`)
    } catch (error) {
      note(`left for the next install: ${messageOf(error)}`)
    }
  })
  return true
}
