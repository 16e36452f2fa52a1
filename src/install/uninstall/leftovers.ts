import { isContainerdGone } from '../../actions/containerd-gone.ts'
import type { Kept } from '../../actions/removal.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'
import { isUnknown } from '../../node/systemd.ts'
import type { ReceiptItem } from '../record/receipt.ts'
import { isRuntimeItem } from './runtime-items.ts'

/** An item as a later purge removes it: what was there before a file is beside it, and its backup is gone. */
export const leftover = (item: ReceiptItem): ReceiptItem =>
  item.kind === 'file' ? { ...item, ownership: 'created', before: null } : item

/** Why a purge may not remove what an earlier uninstall left: someone has set up a service since that uses it. */
export async function inUse(item: ReceiptItem, node: Node): Promise<Kept | undefined> {
  const unit = isRuntimeItem(item)
    ? !(await isContainerdGone(node)) && units.containerd
    : item.kind === 'edgecore-config' && !isUnknown(await node.systemd.unit(units.edgecore)) && units.edgecore
  return unit ? { what: item.id, why: `${unit} uses it now`, purgeable: true } : undefined
}
