import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'

/**
 * Whether containerd has been removed from this node, and its images with it. The unit file is checked on disk because
 * systemd may still remember one it has not reloaded.
 */
export async function isContainerdGone({ containerd, systemd, files }: Node): Promise<boolean> {
  if ((await containerd.state()) !== 'absent') return false
  const { fragmentPath } = await systemd.unit(units.containerd)
  return fragmentPath === '' || (await files.status(fragmentPath)) === undefined
}
