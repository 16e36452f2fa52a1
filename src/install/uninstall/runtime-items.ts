import { units } from '../../node/paths.ts'
import type { ReceiptItem } from '../record/receipt.ts'

const runtimePaths =
  /^\/(etc\/systemd\/system\/containerd\.service|etc\/containerd|opt\/cni|var\/lib\/containerd|run\/containerd|usr\/local\/s?bin\/(containerd|ctr|runc))/

/** Whether an item belongs to a container runtime that came with a bundle. */
export function isRuntimeItem({ spec }: ReceiptItem): boolean {
  const { path, unit } = spec as { path?: string; unit?: string }
  return unit === units.containerd || (path !== undefined && runtimePaths.test(path))
}
