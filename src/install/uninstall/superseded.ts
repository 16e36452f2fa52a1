import { byDigest, type ImageSpec } from '../../actions/image.ts'
import type { Kept } from '../../actions/release/release.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Step } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { brokerContainer, paths } from '../../node/paths.ts'
import type { DesiredStep } from '../desired/step-makers.ts'
import { type Receipt, type ReceiptItem, readReceipt, writeReceipt } from '../record/receipt.ts'
import { releasable } from './release-item.ts'

/**
 * A receipt in which the images that are not wanted any more go on as items of their own, apart from those that may get
 * their names, so that they are not forgotten before they are removed.
 */
export function withSuperseded(receipt: Receipt, desired: readonly DesiredStep[]): Receipt {
  const wanted = new Map(
    desired.flatMap(({ id, kind, spec }) => (kind === 'image' ? [[id, spec.digest]] : [])),
  )
  const items = receipt.items.map((item): ReceiptItem => {
    if (item.kind !== 'image') return item
    const { reference, digest } = item.spec as ImageSpec
    if (item.id !== reference || wanted.get(reference) === digest) return item
    return { ...item, id: `${reference}@${digest}` }
  })
  return { ...receipt, items }
}

/** An image, or the archive of one, that the bundle no longer has. */
const isOfImage = ({ kind, id }: ReceiptItem): boolean =>
  kind === 'image' || (kind === 'file' && id.startsWith(`${paths.images}/`))

async function remove(
  old: readonly ReceiptItem[],
  receipt: Receipt,
  neededNames: readonly string[],
  node: Node,
): Promise<Kept[]> {
  const containers = (await node.containerd.containers()).filter(({ id }) => id !== brokerContainer)
  const gone = new Set<string>()
  const kept: Kept[] = []
  for (const item of old) {
    const found = releasable(item)
    const stays = found
      ? await found.release.release(found.owned, { node, purge: false, containers, neededNames })
      : []
    if (stays.length === 0) gone.add(item.id)
    kept.push(...stays)
  }
  await writeReceipt({ ...receipt, items: receipt.items.filter(({ id }) => !gone.has(id)) }, node.files)
  return kept
}

/** All names that these images have, or will have. */
const namesIn = (desired: readonly DesiredStep[]): string[] =>
  desired.flatMap(({ kind, spec }) =>
    kind === 'image' ? [spec.reference, byDigest(spec.reference, spec.digest)] : [],
  )

/**
 * Steps that remove the images that an older bundle had brought and this one has not; none when there are none. They
 * change nothing that works now, so a failure is no reason to go back: it is tried again with the next install. The image
 * that this node's containerd starts every pod with stays, whoever brought it.
 */
export async function supersededSteps(
  desired: readonly DesiredStep[],
  sandboxImage: string | undefined,
  node: Node,
): Promise<Step[]> {
  const receipt = await readReceipt(node.files)
  const wanted = new Set(desired.map(({ id }) => id))
  const isSandbox = ({ spec }: ReceiptItem): boolean => (spec as ImageSpec).reference === sandboxImage
  const old =
    receipt?.items.filter(
      item => isOfImage(item) && !wanted.has(item.id) && !(sandboxImage && isSandbox(item)),
    ) ?? []
  if (!receipt || old.length === 0) return []
  return [
    {
      title: 'Remove the images of the bundle before',
      async run(note) {
        try {
          const kept = await remove(old, receipt, namesIn(desired), node)
          if (kept.length > 0) note(`${kept.length} are still in use`)
        } catch (error) {
          note(`left for the next install: ${messageOf(error)}`)
        }
      },
    },
  ]
}
